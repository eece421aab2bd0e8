import type { AgentRow } from '../agent/agent.ts';
import { digest } from '../canonical-json.ts';
import { COE } from '../governance/manifest.ts';
import type { WorkflowRow } from '../run/run.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { CompiledRelease } from './compile-release.ts';
import type { Component } from './component-view.ts';
import type { ReleaseBundle } from './release.ts';
import { coversTool, ruleOf, usableTools } from './usable-tools.ts';

/** What the catalogue is made of: the rules in force, the agents with the day they last used each tool, the workflows. */
export type CatalogueFacts = {
  readonly release: CompiledRelease | undefined;
  readonly agents: readonly { readonly agent: AgentRow; readonly used: ReadonlyMap<string, string> }[];
  readonly workflows: readonly WorkflowRow[];
};

type Of<K extends Component['kind']> = Extract<Component, { kind: K }>;
type Tool = ReleaseBundle['tools'][number];

/** Everything there is to reuse, with whose it is and who does; by kind, then by id. */
export function catalogue({ release, agents, workflows }: CatalogueFacts): readonly Component[] {
  const living = agents.filter(({ agent }) => agent.stage !== 'retired');
  const running = workflows.filter(({ withdrawn }) => !withdrawn);
  const steps = stepsOf(
    living.map(({ agent }) => agent),
    running,
  );
  if (!release) return steps;
  const { tools, systems } = release.bundle;
  const policies = [...release.policies.values()];
  const uses = usesOf(release, living);
  return [
    ...tools.map((tool) => toolOf(tool, uses.get(tool.name) ?? [], policies)),
    ...steps,
    ...systems.map((system) =>
      systemOf(
        system,
        tools.filter((tool) => tool.system === system.id),
      ),
    ),
    ...policies.map((policy) => policyOf(policy, tools)),
  ];
}

type Use = Of<'tool'>['agents'][number];

/** Tool → the agents that may use it or did, the latest use first. */
function usesOf(release: CompiledRelease, agents: CatalogueFacts['agents']): ReadonlyMap<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const { agent, used } of agents) {
    const permitted = new Set(usableTools(release, agent).map(({ name }) => name));
    for (const tool of new Set([...permitted, ...used.keys()])) {
      const lastUsed = used.get(tool);
      const { id, unit, sponsor } = agent;
      const use = { id, unit, sponsor, permitted: permitted.has(tool), ...(lastUsed && { lastUsed }) };
      uses.set(tool, [...(uses.get(tool) ?? []), use]);
    }
  }
  for (const [tool, found] of uses) uses.set(tool, found.sort(latestFirst));
  return uses;
}

const latestFirst = (a: Use, b: Use) => compare(b.lastUsed ?? '', a.lastUsed ?? '') || compare(a.id, b.id);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const distinct = (words: readonly string[]) => [...new Set(words)].sort(compare);

function toolOf(tool: Tool, agents: Use[], policies: readonly CompiledPolicy[]): Of<'tool'> {
  const { name, title, unit, hash, owner, version, system, effect, groups, shared, reviewed, ...rest } = tool;
  const { stage, classification } = rest;
  return {
    kind: 'tool',
    id: name,
    ...{ title, unit, system, effect, groups, shared, reviewed },
    ...(owner !== undefined && { owner }),
    ...(version !== undefined && { version }),
    ...(stage !== undefined && { stage }),
    ...(classification !== undefined && { classification }),
    definition: hash,
    units: distinct(agents.flatMap(({ permitted, unit: served }) => (permitted ? [served] : []))),
    agents,
    policies: policies
      .filter((policy) => concerns(policy, tool))
      .map(({ source: { id, layer } }) => ({ id, unit: layer })),
    more: {},
  };
}

/** Whether a rule is ever asked about a tool: a unit's is about its own, shared ones and the centre's. */
const concerns = ({ source: { layer }, json }: CompiledPolicy, tool: Tool): boolean =>
  (layer === COE || tool.unit === COE || tool.shared || layer === tool.unit) && coversTool(json, tool);

function systemOf(system: ReleaseBundle['systems'][number], tools: readonly Tool[]): Of<'system'> {
  return {
    kind: 'system',
    id: system.id,
    title: system.title,
    unit: COE,
    definition: digest(system),
    connectors: distinct(tools.map(({ connector }) => connector.type)),
    units: distinct(tools.map(({ unit }) => unit)),
    tools: tools.map(namedTool),
    more: {},
  };
}

function policyOf(policy: CompiledPolicy, tools: readonly Tool[]): Of<'policy'> {
  const { source, json, guard } = policy;
  return {
    kind: 'policy',
    ...ruleOf(policy),
    unit: source.layer,
    definition: digest(source.text),
    effect: guard ? 'guard' : json.effect,
    requires: guard?.requires ?? [],
    tools: tools.filter((tool) => concerns(policy, tool)).map(namedTool),
    more: {},
  };
}

const namedTool = ({ name: id, unit, shared }: Tool) => ({ id, unit, shared });

/** A step is a capability of a unit: what its workflows ask for, and what its agents have. */
function stepsOf(agents: readonly AgentRow[], workflows: readonly WorkflowRow[]): Of<'step'>[] {
  const asked = workflows.flatMap(({ id, unit, steps = [], baseline: { owner } }) =>
    steps.map(({ name: step, capability }) => ({
      at: `${unit}/${capability}`,
      owner,
      use: { id, unit, step },
    })),
  );
  const offered = agents.flatMap(({ id, unit, capabilities }) =>
    capabilities.map((capability) => ({ at: `${unit}/${capability}`, agent: { id, unit } })),
  );
  return distinct([...asked, ...offered].map(({ at }) => at)).map((at) => {
    const uses = asked.filter((each) => each.at === at);
    const owners = distinct(uses.map(({ owner }) => owner));
    const used = uses.map(({ use }) => use);
    const [unit = '', capability = ''] = at.split('/');
    return {
      kind: 'step',
      id: at,
      title: distinct(used.map(({ step }) => step)).join(', ') || capability,
      unit,
      ...(owners.length === 1 && { owner: owners[0] }),
      definition: digest([at, used]),
      workflows: used,
      agents: offered.filter((each) => each.at === at).map(({ agent }) => agent),
      more: {},
    };
  });
}
