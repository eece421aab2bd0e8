import type { ActionRow } from '../action/action.ts';
import type { Change, Refusal } from '../change.ts';
import { taskIdOfAction } from '../id.ts';
import { taskKey, type TaskRow, workQueueOf } from './task.ts';
import { taskEvent } from './task-event.ts';

/** What an action asks of another agent. */
export type AskedOf = {
  /** Whose agents may do it. */
  readonly unit: string;
  readonly capability: string;
  readonly seconds: number;
};

/** Seconds an agent keeps such a task without a heartbeat. */
const LEASE_SECONDS = 15;

/**
 * Makes a started action a task for another agent, once: asked again, or when somebody else settled the action, it is
 * refused. Whom it is for comes from the action; the agent that does it acts by its own rights.
 */
export function askAgent(
  { action, existing }: { readonly action: ActionRow; readonly existing: TaskRow | undefined },
  asked: AskedOf,
  now: Date,
): Change<TaskRow> | Refusal<'asked' | 'not-started'> {
  if (existing) return { refused: 'asked', detail: `the task is ${existing.status}` };
  if (action.status !== 'started')
    return { refused: 'not-started', detail: `the action is ${action.status}: nobody is asked any more` };
  const task = newTask(action, asked, now);
  const { agent } = action;
  const data = { capability: task.capability, asker: agent };
  const event = taskEvent(task, 'task.opened', { actor: { kind: 'agent', id: agent }, now, data });
  return {
    writes: [
      { kind: 'create', row: task },
      { kind: 'unchanged', key: { pk: action.pk, sk: action.sk }, ifVersion: action.version },
    ],
    events: [event],
    result: task,
  };
}

function newTask(action: ActionRow, { unit, capability, seconds }: AskedOf, now: Date): TaskRow {
  const id = taskIdOfAction(action.id);
  const openedAt = now.toISOString();
  const deadline = new Date(now.getTime() + seconds * 1000).toISOString();
  return {
    ...taskKey(id),
    v: 1,
    version: 1,
    id,
    run: action.run,
    workflow: action.workflow,
    unit,
    step: action.tool,
    action: action.id,
    asker: action.agent,
    capability,
    input: action.input,
    onBehalfOf: action.onBehalfOf,
    status: 'open',
    openedAt,
    deadline,
    leaseSeconds: LEASE_SECONDS,
    fence: 0,
    assignments: [],
    workQueue: workQueueOf(unit, capability),
    workSince: openedAt,
    openKind: 'TASK',
    openSince: deadline,
  };
}
