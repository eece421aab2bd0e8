import type { EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Tool } from '../governance/tool.ts';
import { NAMESPACE } from './cedar-schema.ts';
import type { DecisionRequest } from './decision.ts';
import type { ReleaseBundle } from './release.ts';

export const uid = (type: string, id: string) => ({ type: `${NAMESPACE}::${type}`, id });

/** An agent as policies see it, beneath its unit and its roles. Roles hold nothing: to be a parent is all they need. */
export function agentEntity({ id, unit, roles, stage, sponsor }: DecisionRequest['agent']): EntityJson {
  const home = uid('BusinessUnit', unit);
  return {
    uid: uid('Agent', id),
    attrs: { unit: { __entity: home }, stage, sponsor },
    parents: [home, ...roles.map((role) => uid('Role', role))],
  };
}

/** A unit as policies see it: with its lists; a unit the release does not know has none. */
export function unitEntity(units: ReleaseBundle['units'], unit: string): EntityJson {
  const lists = units.find(({ id }) => id === unit)?.lists ?? {};
  return { uid: uid('BusinessUnit', unit), attrs: { lists }, parents: [] };
}

/** A tool as policies see it, beneath its system; what its manifest does not say, `has` tells. */
export function toolEntity(tool: Tool): EntityJson {
  const { unit, effect, reviewed, classification, stage, owner } = tool;
  const said = Object.entries({ classification, stage, owner }).filter(([, value]) => value !== undefined);
  return {
    uid: uid('Tool', tool.name),
    attrs: { unit, effect, reviewed, ...(Object.fromEntries(said) as Record<string, string>) },
    parents: [uid('System', tool.system)],
  };
}

/** To use a tool, as an action in its groups. */
export function actionEntity({ name, groups }: Pick<Tool, 'name' | 'groups'>): EntityJson {
  return { uid: uid('Action', name), attrs: {}, parents: groups.map((group) => uid('Action', group)) };
}
