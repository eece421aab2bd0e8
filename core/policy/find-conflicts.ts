import { policyToJson, type PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { digest } from '../canonical-json.ts';
import type { Tool } from '../governance/tool.ts';
import { isOwnLift } from './check-policy.ts';
import { takesIn } from './concerning.ts';
import type { Guard } from './decision.ts';
import { describeConflict } from './describe-conflict.ts';
import { guardOf } from './guard-of.ts';
import type { PolicySource, ReleaseBundle } from './release.ts';
import { scopeHolds } from './usable-tools.ts';

export type Holder = { readonly id: string; readonly unit: string; readonly roles: readonly string[] };

/** A rule that takes part in a conflict, and where it stands. */
export type ConflictRule = Pick<PolicySource, 'id' | 'layer' | 'file' | 'line'> & { readonly title: string };

/**
 * Two rules that answer differently. `overruled`: a central rule without conditions covers what a unit permits;
 * `meets`: one with conditions does, and these are not compared; `units-differ`: one unit stops or holds on a shared
 * tool what another lets through; `same-operation`: tools of two layers reach the same place, each under its own rules.
 */
export type Conflict = {
  /** Named by its rules' texts: another text is another conflict. */
  readonly id: string;
  readonly kind: 'overruled' | 'meets' | 'units-differ' | 'same-operation';
  readonly tools: readonly string[];
  readonly rules: readonly ConflictRule[];
  readonly detail: string;
};

/** A policy with the tools and agents its scope reaches. */
type Reach = {
  readonly source: PolicySource;
  readonly json: PolicyJson;
  readonly guard: Guard | undefined;
  /** Whether it holds on everything in its scope but what its own approval lifts. */
  readonly always: boolean;
  readonly tools: ReadonlySet<Tool>;
  readonly agents: ReadonlySet<string>;
};

/** All conflicts of a release that passed its checks, among the agents there are; the plainest first. Refuses nothing. */
export function findConflicts(bundle: ReleaseBundle, agents: readonly Holder[]): readonly Conflict[] {
  const reaches = bundle.policies.map((source) => reachOf(source, bundle.tools, agents));
  const met = meetings(reaches);
  return [
    ...met.filter(({ kind }) => kind === 'overruled'),
    ...differences(bundle.tools, reaches),
    ...sameOperations(bundle.tools),
    ...met.filter(({ kind }) => kind === 'meets'),
  ];
}

function reachOf(source: PolicySource, tools: readonly Tool[], agents: readonly Holder[]): Reach {
  const parsed = policyToJson(source.text);
  if (parsed.type === 'failure') throw new Error(`${source.id} does not parse`);
  const { json } = parsed;
  const { layer, id } = source;
  const open = tools.filter(
    (tool) => layer === 'coe' || tool.unit === layer || tool.unit === 'coe' || tool.shared,
  );
  const named = open.filter((tool) => takesIn(json, tool));
  const own = layer === 'coe' ? agents : agents.filter(({ unit }) => unit === layer);
  const anyone = { ...json, resource: { op: 'All' } } as PolicyJson;
  const anything = { ...json, principal: { op: 'All' } } as PolicyJson;
  const someTool = { name: '', system: '' } as Tool;
  const nobody = { id: '', unit: '', roles: [] };
  return {
    source,
    json,
    guard: guardOf(id, json),
    always: json.conditions.every((clause) => isOwnLift(clause, id)),
    tools: new Set(named.filter((tool) => scopeHolds(anything, nobody, tool) && !isSpared(json, tool))),
    agents: new Set(own.filter((agent) => scopeHolds(anyone, agent, someTool)).map((agent) => agent.id)),
  };
}

const unreviewed = JSON.stringify({ '!': { arg: { '.': { left: { Var: 'resource' }, attr: 'reviewed' } } } });

/** Whether a rule on unreviewed tools has nothing to say of this one. */
const isSpared = ({ conditions }: PolicyJson, tool: Tool) =>
  tool.reviewed &&
  conditions.some(({ kind, body }) => kind === 'when' && JSON.stringify(body) === unreviewed);

const effectIs = (effect: PolicyJson['effect']) => (reach: Reach) => reach.json.effect === effect;
const isCentral = ({ source }: Reach) => source.layer === 'coe';

/** What units permit that a central forbid or guard covers, for an agent who is in both scopes. */
function meetings(reaches: readonly Reach[]): Conflict[] {
  const permits = reaches.filter((reach) => !isCentral(reach) && effectIs('permit')(reach));
  const central = reaches.filter((reach) => isCentral(reach) && effectIs('forbid')(reach));
  return permits.flatMap((permit) =>
    central.flatMap((stop) => {
      const tools = [...permit.tools].filter((tool) => stop.tools.has(tool));
      if (tools.length === 0 || permit.agents.isDisjointFrom(stop.agents)) return [];
      return [conflict(stop.always ? 'overruled' : 'meets', tools, [permit, stop])];
    }),
  );
}

/** Shared tools on which some units have rules of their own to stop or hold, and others permit without any. */
function differences(tools: readonly Tool[], reaches: readonly Reach[]): Conflict[] {
  const found = tools
    .filter(({ shared, unit }) => shared || unit === 'coe')
    .flatMap((tool) => {
      const on = reaches.filter(
        (reach) => !isCentral(reach) && reach.tools.has(tool) && reach.agents.size > 0,
      );
      const permits = on.filter(effectIs('permit'));
      const opened = new Set(permits.map(({ source }) => source.layer));
      const stops = on.filter((reach) => effectIs('forbid')(reach) && opened.has(reach.source.layer));
      const strict = new Set(stops.map(({ source }) => source.layer));
      const free = permits.filter(({ source }) => !strict.has(source.layer));
      return stops.length > 0 && free.length > 0 ? [{ tool, rules: [...stops, ...free] }] : [];
    });
  const alike = Map.groupBy(found, ({ rules }) => rules.map(({ source }) => source.id).join(' '));
  return [...alike.values()].flatMap((group) => {
    const each = group.map(({ tool }) => tool);
    return group.slice(0, 1).map(({ rules }) => conflict('units-differ', each, rules));
  });
}

/** A rule on one of these tools says nothing of the other. */
function sameOperations(tools: readonly Tool[]): Conflict[] {
  const places = Map.groupBy(tools, placeOf);
  return [...places.values()]
    .filter((group) => new Set(group.map(({ unit }) => unit)).size > 1)
    .map((group) => conflict('same-operation', group, []));
}

/** Where a call of this tool ends up; tools of one place are one operation. */
function placeOf({ system, connector }: Tool): string {
  switch (connector.type) {
    case 'http':
      return `${system} ${connector.method} ${connector.path.replace(/\{[^}]*\}/g, '{}')}`;
    case 'lambda':
      return connector.functionArn;
    case 'workflow':
      return connector.machineArn;
    case 'mcp':
      return `${system} ${connector.path} ${connector.tool}`;
    case 'agent':
      return `agent ${connector.capability}`;
    case 'event':
      return `${connector.busArn} ${connector.detailType}`;
  }
}

function conflict(kind: Conflict['kind'], tools: readonly Tool[], reaches: readonly Reach[]): Conflict {
  const texts = reaches.map(({ source: { id, text } }) => ({ id, text }));
  const about = reaches.length > 0 ? texts : tools.map(({ name, hash }) => ({ name, hash }));
  const rules = reaches.map(({ source: { id, layer, file, line }, json, guard }) => {
    const rule = { id, layer, file, line, title: json.annotations?.['title'] ?? id };
    return { rule, effect: json.effect, guard };
  });
  return {
    id: `con_${digest({ kind, about }).slice(0, 32)}`,
    kind,
    tools: tools.map(({ name }) => name),
    rules: rules.map(({ rule }) => rule),
    detail: describeConflict(kind, tools, rules),
  };
}
