import {
  agentKey,
  type AgentRow,
  agentRow,
  gateKey,
  type GateRow,
  gateRow,
  kidOfRole,
  toolsUsed,
} from '../../core/agent/agent.ts';
import { type Permitted, type Staleness, staleness } from '../../core/agent/stale.ts';
import type { Refusal } from '../../core/change.ts';
import { personKey, personRow } from '../../core/governance/person.ts';
import { agentId } from '../../core/id.ts';
import type { CompiledRelease } from '../../core/policy/compile-release.ts';
import { usableTools } from '../../core/policy/usable-tools.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';

type Kept =
  | 'id'
  | 'name'
  | 'unit'
  | 'stage'
  | 'suspendedFor'
  | 'sponsor'
  | 'purpose'
  | 'roles'
  | 'capabilities'
  | 'release'
  | 'productionRelease'
  | 'recertifyBy'
  | 'tokensNotBefore'
  | 'dailyActions'
  | 'maxTasks';

/** An agent as administrators see it: its keys by name, and what is stale about it. */
export type AgentView = Pick<AgentRow, Kept> & {
  readonly keys: readonly { readonly kid: string; readonly notAfter?: string; readonly revokedAt?: string }[];
  /** UTC day of its last action, or of its registration. */
  readonly day: string;
  readonly actionsThatDay: number;
  readonly stale: readonly Staleness[];
};

type Asked = {
  readonly days: number;
  readonly now: Date;
  /** The release in force: what it opens to an agent; without one nothing is open. */
  readonly release: CompiledRelease | undefined;
};
const LIMIT = 10_000;

/** Every agent of every unit, by id. */
export async function listAgents(
  registry: Pick<Registry, 'load' | 'list'>,
  asked: Asked,
): Promise<readonly AgentView[]> {
  const units = await registry.list('list', 'UNIT', LIMIT);
  const partitions = units.map((unit) => `AGENTS#${String(unit['id'])}`);
  const rows = await Promise.all(partitions.map((partition) => registry.list('list', partition, LIMIT)));
  return viewsOf(registry, rows.flat(), asked);
}

export async function showAgent(
  registry: Pick<Registry, 'load'>,
  id: string,
  asked: Asked,
): Promise<AgentView | Refusal<'unknown-agent'>> {
  const parsed = agentId.safeParse(id);
  const [row] = parsed.success ? await registry.load([agentKey(parsed.data)]) : [];
  const [view] = row ? await viewsOf(registry, [row], asked) : [];
  return view ?? { refused: 'unknown-agent', detail: `there is no agent ${id}: see autonomy agent list` };
}

async function viewsOf(registry: Pick<Registry, 'load'>, rows: readonly StoredRow[], asked: Asked) {
  const agents = rows.map((row) => parseRow(agentRow, row));
  const keys = agents.flatMap(({ id, sponsor }) => [gateKey(id), personKey(sponsor)]);
  const loaded = await registry.load(keys);
  const views = agents.map((agent, n) => {
    const [gate, person] = loaded.slice(2 * n, 2 * n + 2);
    return viewOf({ agent, gate: gate ?? {}, person }, asked);
  });
  return views.sort((a, b) => (a.id < b.id ? -1 : 1));
}

type Rows = { readonly agent: AgentRow; readonly gate: StoredRow; readonly person: StoredRow | undefined };

function viewOf({ agent, gate: stored, person }: Rows, { days, now, release: rules }: Asked): AgentView {
  const gate: GateRow = parseRow(gateRow, stored);
  const { id, name, unit, stage, suspendedFor, sponsor, purpose, roles, capabilities, release } = agent;
  const { productionRelease, recertifyBy, tokensNotBefore, dailyActions, maxTasks } = agent;
  const sponsorRow = person && parseRow(personRow, person);
  const permitted = rules ? permittedTo(rules, agent) : [];
  const facts = { agent, gate, sponsor: sponsorRow, permitted, used: toolsUsed(stored) };
  return {
    ...{ id, name, unit, stage, suspendedFor, sponsor, purpose, roles, capabilities, release },
    ...{ productionRelease, recertifyBy, tokensNotBefore, dailyActions, maxTasks },
    keys: keysOf(agent),
    day: gate.day,
    actionsThatDay: gate.actionsToday,
    stale: staleness(facts, days, now),
  };
}

function permittedTo(rules: CompiledRelease, agent: AgentRow): readonly Permitted[] {
  return usableTools(rules, agent).map(({ name: tool, why }) => ({
    tool,
    policies: why.permits.map(({ id }) => id),
  }));
}

/** The keys and roles of the manifest, and those that were revoked and are in it no more. */
function keysOf({ keys, workloads, revokedKeys }: AgentRow): AgentView['keys'] {
  const revokedAt = new Map(revokedKeys.map(({ kid, at }) => [kid, at]));
  const listed = [
    ...keys.map(({ kid, notAfter }) => ({ kid, ...(notAfter !== undefined && { notAfter }) })),
    ...workloads.map((role) => ({ kid: kidOfRole(role) })),
  ];
  const gone = revokedKeys.filter(({ kid }) => !listed.some((key) => key.kid === kid));
  return [...listed, ...gone.map(({ kid }) => ({ kid }))].map((key) => {
    const at = revokedAt.get(key.kid);
    return at === undefined ? key : { ...key, revokedAt: at };
  });
}
