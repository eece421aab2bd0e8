import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Tool } from '../governance/tool.ts';
import { NAMESPACE } from './cedar-schema.ts';
import { type CompiledRelease, concerning } from './compile-release.ts';
import { toolFor } from './decide.ts';

type Who = { readonly id: string; readonly unit: string; readonly roles: readonly string[] };

/**
 * The tools some permit's scope opens to this agent, in the release's order. Conditions on the input are judged
 * when it asks; a tool no permit names for it is not shown.
 */
export function usableTools(release: CompiledRelease, agent: Who): readonly Tool[] {
  return release.bundle.tools.filter((tool) => {
    const request = { tool: tool.name, agent: { ...agent, stage: '', sponsor: '' } };
    if (!toolFor(release, request)) return false;
    return concerning([...release.policies.values()], agent.unit, tool).some(
      ({ json }) => json.effect === 'permit' && scopeHolds(json, agent, tool),
    );
  });
}

function scopeHolds({ principal, resource }: PolicyJson, agent: Who, tool: Tool): boolean {
  const own = [
    `Agent::${agent.id}`,
    `BusinessUnit::${agent.unit}`,
    ...agent.roles.map((role) => `Role::${role}`),
  ];
  const target = [`Tool::${tool.name}`, `System::${tool.system}`];
  return inScope(principal, 'Agent', own) && inScope(resource, 'Tool', target);
}

type Scope = PolicyJson['principal'] | PolicyJson['resource'];

function inScope(scope: Scope, type: string, closure: readonly string[]): boolean {
  switch (scope.op) {
    case 'All':
      return true;
    case 'is':
      return scope.entity_type === `${NAMESPACE}::${type}` && (!scope.in || entityIn(scope.in, closure));
    case '==':
      return entityIn(scope, closure.slice(0, 1));
    case 'in':
      return entityIn(scope, closure);
  }
}

function entityIn(scope: object, closure: readonly string[]): boolean {
  if (!('entity' in scope)) return false;
  const entity = scope.entity as { __entity?: { type: string; id: string }; type?: string; id?: string };
  const { type = '', id = '' } = entity.__entity ?? entity;
  return closure.includes(`${type.replace(`${NAMESPACE}::`, '')}::${id}`);
}
