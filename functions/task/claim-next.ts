import { createHash } from 'node:crypto';
import {
  actingStages,
  agentKey,
  type AgentRow,
  agentRow,
  certificationEnded,
  gateKey,
  gateRow,
} from '../../core/agent/agent.ts';
import { isRefusal } from '../../core/change.ts';
import type { AgentId, TaskId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { stoppedBy } from '../../core/action/admission.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { type Candidate, claimTask, unfitFor } from '../../core/task/claim-task.ts';
import {
  holderOf,
  leaseKey,
  leaseRow,
  loadListOf,
  taskKey,
  type TaskRow,
  taskRow,
  workQueueOf,
} from '../../core/task/task.ts';
import { decideAndCommit, type Registry, type StoredRow } from '../aws/registry.ts';
import { ProblemError } from '../http/problem.ts';

export type ClaimDeps = {
  readonly registry: Registry;
  readonly newLease: () => string;
  readonly now: () => Date;
};

export const hashLease = (lease: string) => createHash('sha256').update(lease).digest('hex');

/** Tasks of a queue looked at per claim, oldest first. */
const QUEUE_DEPTH = 100;
/** Eligible agents scored per claim. */
const MAX_CANDIDATES = 10;

/**
 * Leases the oldest task this agent may have, open or lapsed; `wait` says in how many seconds to ask again. An agent
 * that holds as many live leases as it may waits too.
 */
export async function claimNext(
  deps: ClaimDeps,
  id: AgentId,
  { capabilities }: { readonly capabilities?: readonly string[] | undefined },
) {
  const rows = await deps.registry.load(actingKeys(id));
  if (!rows[0])
    throw new ProblemError({ status: 401, code: 'unknown-agent', detail: 'register the agent first' });
  const agent = parseRow(agentRow, rows[0]);
  if (!mayAct(rows, deps.now())) return { wait: 30 };
  const wanted = agent.capabilities.filter(
    (capability) => !capabilities || capabilities.includes(capability),
  );
  if ((await holding(deps, agent)) >= agent.maxTasks) return { wait: 5 };
  for (const capability of wanted) {
    for (const task of await claimable(deps, agent, capability)) {
      if (!mayAct(rows, deps.now(), task.workflow)) continue;
      const claimed = await claim(deps, agent, task.id);
      if (claimed) return claimed;
    }
  }
  return { wait: 1 };
}

/** The rows that tell whether an agent may act. */
export const actingKeys = (id: AgentId) => [agentKey(id), gateKey(id), switchesKey];

/** Whether the door would let this agent act, in this workflow or at all: its gate's stage, and no kill switch. */
export function mayAct(rows: readonly (StoredRow | undefined)[], now: Date, workflow?: string): boolean {
  const [agent, gate, switches] = rows;
  const { stage, recertifyBy } = parseRow(gateRow, gate);
  if (certificationEnded({ recertifyBy }, now)) return false;
  const who = { agent: parseRow(agentRow, agent), switches: readSwitches(switches) };
  return !stoppedBy(who, { workflow }) && actingStages.some((acting) => acting === stage);
}

/** Live leases of an agent; the list may lag by a moment, the leases are read consistently. */
async function holding(deps: ClaimDeps, agent: AgentRow): Promise<number> {
  const rows = await deps.registry.list('list', loadListOf(agent.id), agent.maxTasks + 20);
  const tasks = rows.map((row) => parseRow(taskRow, row));
  const leases = await leasesOf(deps, tasks);
  return tasks.filter((task, n) => holderOf(task, leases[n], deps.now())?.agent === agent.id).length;
}

async function leasesOf(deps: ClaimDeps, tasks: readonly TaskRow[]) {
  const stored = await deps.registry.load(tasks.map(({ id }) => leaseKey(id)));
  return stored.map((row) => row && parseRow(leaseRow, row));
}

async function claimable(deps: ClaimDeps, agent: AgentRow, capability: string): Promise<readonly TaskRow[]> {
  const rows = await deps.registry.list('work', workQueueOf(agent.unit, capability), QUEUE_DEPTH);
  const tasks = rows.map((row) => parseRow(taskRow, row)).filter((task) => !unfitFor(task, agent));
  const leases = await leasesOf(deps, tasks);
  return tasks.filter(
    (task, n) => !holderOf({ ...task, fence: leases[n]?.fence ?? task.fence }, leases[n], deps.now()),
  );
}

async function claim(deps: ClaimDeps, claimer: AgentRow, id: TaskId) {
  const lease = deps.newLease();
  const candidates = await eligible(deps, claimer);
  const claimed = await decideAndCommit(deps.registry, async () => {
    const [task, held] = await deps.registry.load([taskKey(id), leaseKey(id)]);
    const facts = {
      task: parseRow(taskRow, task),
      lease: held && parseRow(leaseRow, held),
      claimer,
      candidates,
    };
    return claimTask(facts, hashLease(lease), deps.now());
  });
  if (isRefusal(claimed)) return undefined;
  const { task, lease: taken } = claimed.committed.result;
  const { run, workflow, step, capability, input, onBehalfOf, deadline, action, asker } = task;
  const view = { id, run, workflow, step, capability, input, onBehalfOf, deadline, action, asker };
  return { task: view, lease, fence: taken.fence, leaseExpiresAt: taken.expiresAt };
}

/** The agents of the unit with how much each holds, the claimer among them. */
async function eligible(deps: ClaimDeps, claimer: AgentRow): Promise<readonly Candidate[]> {
  const rows = await deps.registry.list('list', `AGENTS#${claimer.unit}`, 200);
  const sharing = rows
    .map((row) => parseRow(agentRow, row))
    .filter((agent) => agent.capabilities.some((capability) => claimer.capabilities.includes(capability)));
  const agents = [claimer, ...sharing.filter(({ id }) => id !== claimer.id)].slice(0, MAX_CANDIDATES);
  return Promise.all(agents.map(async (agent) => ({ agent, holding: await holding(deps, agent) })));
}
