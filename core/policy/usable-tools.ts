import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Tool } from '../governance/tool.ts';
import { NAMESPACE } from './cedar-schema.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { CompiledRelease } from './compile-release.ts';
import { concerning, takesIn } from './concerning.ts';
import { isOpenTo } from './decide.ts';
import type { Guard } from './decision.ts';
import { stageStop } from './tool-stage.ts';

type Who = {
  readonly id: string;
  readonly unit: string;
  readonly roles: readonly string[];
  /** Without it no tool in pilot is shown. */
  readonly stage?: string;
};

/**
 * The tools some permit's scope opens to this agent, in the release's order. Conditions on the input are judged
 * when it asks; a tool no permit names for it is not shown, nor one whose stage keeps it out.
 */
export function usableTools(release: CompiledRelease, agent: Who): readonly UsableTool[] {
  return release.bundle.tools.flatMap((tool) => {
    if (!isOpenTo(tool, agent.unit) || stageStop(tool, agent.stage)) return [];
    const why = whyUsable(release, agent, tool);
    return why.permits.length > 0 ? [{ ...tool, why }] : [];
  });
}

export type Rule = { readonly id: string; readonly title: string };

/** The rules whose scope meets this agent and tool: what opens it, what may hold it and for whom, what may forbid it. */
export type Why = {
  readonly permits: readonly Rule[];
  readonly guards: readonly (Rule & Pick<Guard, 'requires'>)[];
  readonly forbids: readonly Rule[];
};
export type UsableTool = Tool & { readonly why: Why };

/** The centre's rules and the agent's own unit's alone: another unit's are neither asked nor told. */
function whyUsable(release: CompiledRelease, agent: Who, tool: Tool): Why {
  const met = concerning([...release.policies.values()], agent.unit, tool).filter(({ json }) =>
    scopeHolds(json, agent, tool),
  );
  const forbids = met.filter(({ json, guard }) => json.effect === 'forbid' && !guard);
  return {
    permits: met.filter(({ json }) => json.effect === 'permit').map(ruleOf),
    guards: met.flatMap(({ guard }) =>
      guard ? [{ id: guard.id, title: guard.title, requires: guard.requires }] : [],
    ),
    forbids: forbids.map(ruleOf),
  };
}

/** A policy by its id and title. */
export function ruleOf({ source, json }: Pick<CompiledPolicy, 'source' | 'json'>): Rule {
  return { id: source.id, title: json.annotations?.['title'] ?? source.id };
}

/** Whether principal and resource of a policy take in this agent and this tool. */
export function scopeHolds({ principal, resource }: PolicyJson, agent: Who, tool: Tool): boolean {
  const own = [
    `Agent::${agent.id}`,
    `BusinessUnit::${agent.unit}`,
    ...agent.roles.map((role) => `Role::${role}`),
  ];
  return inScope(principal, 'Agent', own) && resourceHolds(resource, tool);
}

/** Whether a policy's scope takes in this tool, for whichever agent. */
export const coversTool = (json: PolicyJson, tool: Tool): boolean =>
  takesIn(json, tool) && resourceHolds(json.resource, tool);

const resourceHolds = (resource: PolicyJson['resource'], tool: Tool): boolean =>
  inScope(resource, 'Tool', [`Tool::${tool.name}`, `System::${tool.system}`]);

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
