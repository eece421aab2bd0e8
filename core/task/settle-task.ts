import type { Change, Refusal } from '../change.ts';
import type { AgentId } from '../id.ts';
import { priorsOf } from '../status.ts';
import { holderOf, type LeaseRow, type TaskRow, taskStatuses } from './task.ts';
import { taskEvent } from './task-event.ts';

export type HeldFacts = { readonly task: TaskRow; readonly lease: LeaseRow | undefined };
/** Who answers, by the lease it was given. */
export type Holder = { readonly agent: AgentId; readonly leaseDigest: string };

export type TaskResult =
  | { readonly status: 'completed'; readonly output: unknown }
  | { readonly status: 'failed'; readonly problem: { readonly code: string; readonly detail: string } };

export type LeaseLost = Refusal<'lease-lost'>;

/** The lease this agent holds on the task, or that it lost it: to time, to another agent, to the task's end. */
export function heldLease({ task, lease }: HeldFacts, holder: Holder, now: Date): LeaseRow | LeaseLost {
  const held = holderOf(task, lease, now);
  if (held && held.agent === holder.agent && held.digest === holder.leaseDigest) return held;
  return {
    refused: 'lease-lost',
    detail: `the task is ${task.status} and this lease does not hold it: stop working on it`,
  };
}

/** Settles a task by the answer of whoever holds it; a late answer of a replaced agent is refused. */
export function settleTask(
  facts: HeldFacts,
  holder: Holder,
  result: TaskResult,
  now: Date,
): Change<TaskRow> | LeaseLost {
  const lease = heldLease(facts, holder, now);
  if ('refused' in lease) return lease;
  const row = settledRow(facts.task, result, now);
  const type = result.status === 'completed' ? 'task.completed' : 'task.failed';
  const data = result.status === 'failed' ? { problem: result.problem } : {};
  const event = taskEvent(row, type, { actor: { kind: 'agent', id: holder.agent }, now, data });
  const ifStatus = priorsOf(taskStatuses, result.status);
  return {
    writes: [{ kind: 'replace', row, ifVersion: facts.task.version, ifStatus }],
    events: [{ ...event, agent: holder.agent }],
    result: row,
  };
}

function settledRow(task: TaskRow, result: TaskResult | { readonly status: 'expired' }, now: Date): TaskRow {
  const { workQueue, workSince, listKind, listKey, openKind, openSince, ...rest } = task;
  return { ...rest, ...result, version: task.version + 1, settledAt: now.toISOString() };
}

/**
 * Takes a task that is still open or leased out of reach: its run ended (then it is part of that run's change), or
 * nobody waits for what an action asked for any more.
 */
export function expireTask(task: TaskRow, now: Date, by = 'finish-run'): Change<TaskRow> | undefined {
  if (task.status !== 'open' && task.status !== 'leased') return undefined;
  const row = settledRow(task, { status: 'expired' }, now);
  const ifStatus = priorsOf(taskStatuses, 'expired');
  return {
    writes: [{ kind: 'replace', row, ifVersion: task.version, ifStatus }],
    events: [taskEvent(row, 'task.expired', { actor: { kind: 'system', id: by }, now })],
    result: row,
  };
}
