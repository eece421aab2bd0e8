import type { Change, Refusal } from '../change.ts';
import type { RunId, TaskId } from '../id.ts';
import type { RunRow } from '../run/run.ts';
import { priorsOf } from '../status.ts';
import { runStatuses } from '../run/run.ts';
import { waiterKey } from '../waiter.ts';
import { taskKey, type TaskRow, workQueueOf } from './task.ts';
import { taskEvent } from './task-event.ts';

/** A step of a run that an agent must do. */
export type Step = {
  readonly id: TaskId;
  readonly run: RunId;
  readonly step: string;
  readonly capability: string;
  readonly input: unknown;
  readonly leaseSeconds: number;
  readonly deadlineSeconds: number;
  /** The machine's task token that waits for the result. */
  readonly token: string;
};

/**
 * Opens a step's task for agents with its capability and moves the run to it. Asked again for the same visit (the
 * machine tried again), the task stays and only the new token waits.
 */
export function openTask(
  facts: { readonly run: RunRow; readonly existing: TaskRow | undefined },
  step: Step,
  now: Date,
): Change<TaskRow> | Refusal<'run-ended'> {
  const { run, existing } = facts;
  if (run.status !== 'requested' && run.status !== 'running') {
    return { refused: 'run-ended', detail: `the run is ${run.status}` };
  }
  const task = existing ?? newTask(run, step, now);
  const { awaitedAction, ...rest } = run;
  const moved: RunRow = { ...rest, version: run.version + 1, status: 'running', currentTask: task.id };
  const actor = { kind: 'system', id: 'assign-task' } as const;
  const token = {
    ...waiterKey(taskKey(step.id)),
    v: 1 as const,
    token: step.token,
    storedAt: now.toISOString(),
  };
  return {
    writes: [
      { kind: 'replace', row: moved, ifVersion: run.version, ifStatus: priorsOf(runStatuses, 'running') },
      { kind: 'put', row: token },
      ...(existing ? [] : [{ kind: 'create' as const, row: task }]),
    ],
    events: [
      {
        v: 1,
        subject: moved.pk,
        version: moved.version,
        type: 'run.waiting',
        at: now.toISOString(),
        actor,
        unit: run.unit,
        workflow: run.workflow,
        onBehalfOf: run.requester,
        run: run.id,
        task: task.id,
        data: { step: step.step, capability: step.capability },
      },
      ...(existing
        ? []
        : [taskEvent(task, 'task.opened', { actor, now, data: { capability: task.capability } })]),
    ],
    result: task,
  };
}

function newTask(run: RunRow, step: Step, now: Date): TaskRow {
  const openedAt = now.toISOString();
  return {
    ...taskKey(step.id),
    v: 1,
    version: 1,
    id: step.id,
    run: run.id,
    workflow: run.workflow,
    unit: run.unit,
    step: step.step,
    capability: step.capability,
    input: step.input,
    onBehalfOf: run.requester,
    status: 'open',
    openedAt,
    deadline: new Date(now.getTime() + step.deadlineSeconds * 1000).toISOString(),
    leaseSeconds: step.leaseSeconds,
    fence: 0,
    assignments: [],
    workQueue: workQueueOf(run.unit, step.capability),
    workSince: openedAt,
  };
}
