import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Tool } from '../governance/tool.ts';
import { NAMESPACE } from './cedar-schema.ts';
import type { CompiledPolicy } from './compile-policy.ts';

/**
 * The policies that can matter: the centre's and the unit's own, less those whose scope does not take in the tool's
 * action. A unit's policies are thereby never asked about another unit's agents.
 */
export function concerning(
  policies: readonly CompiledPolicy[],
  unit: string,
  tool: Tool,
): readonly CompiledPolicy[] {
  return policies.filter(
    ({ source, json }) => (source.layer === 'coe' || source.layer === unit) && takesIn(json, tool),
  );
}

/** Whether a policy's scope takes in the tool's action, exactly as the engine would find. */
export function takesIn({ action }: Pick<PolicyJson, 'action'>, { name, groups }: Tool): boolean {
  if (action.op === 'All') return true;
  const named = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  const above = action.op === 'in' ? groups : [];
  return named.some((entity) => [name, ...above].some((id) => isAction(entity, id)));
}

function isAction(entity: EntityUidJson, wanted: string): boolean {
  const { type, id } = '__entity' in entity ? entity.__entity : entity;
  return type === `${NAMESPACE}::Action` && id === wanted;
}
