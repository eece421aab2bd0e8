import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import type { AdmissionFacts, Work } from '../../core/action/admission.ts';
import { agentKey, agentRow, gateKey, gateRow } from '../../core/agent/agent.ts';
import type { ActionId, AgentId, TaskId } from '../../core/id.ts';
import { activeReleaseKey } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { holderOf, leaseKey, leaseRow, taskKey, taskRow } from '../../core/task/task.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';
import { ProblemError } from '../http/problem.ts';

/** Everything one decision leans on, from one consistent batch read. */
export type DoorFacts = AdmissionFacts & {
  readonly existing: ActionRow | undefined;
  /** The pointer to the policy release in force. */
  readonly active: StoredRow | undefined;
};

/** Loads the facts for one request; an agent that is not registered (any more) ends with 401. */
export async function loadDoorFacts(
  registry: Pick<Registry, 'load'>,
  request: { readonly agent: AgentId; readonly id: ActionId; readonly task?: TaskId | undefined },
  now: Date,
): Promise<DoorFacts> {
  const keys = [agentKey(request.agent), gateKey(request.agent), activeReleaseKey, actionKey(request.id)];
  const taskKeys = request.task ? [taskKey(request.task), leaseKey(request.task)] : [];
  const [agent, gate, active, existing, task, lease] = await registry.load([...keys, ...taskKeys]);
  if (!agent)
    throw new ProblemError({ status: 401, code: 'unknown-agent', detail: 'register the agent first' });
  return {
    agent: parseRow(agentRow, agent),
    gate: parseRow(gateRow, gate),
    active,
    existing: existing && parseRow(actionRow, existing),
    work: request.task && workOf(task, lease, now),
  };
}

function workOf(task: StoredRow | undefined, lease: StoredRow | undefined, now: Date): Work | 'missing' {
  if (!task) return 'missing';
  const row = parseRow(taskRow, task);
  return { task: row, heldBy: holderOf(row, lease && parseRow(leaseRow, lease), now)?.agent };
}
