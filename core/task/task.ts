import * as z from 'zod';
import { actionId, agentId, runId, taskId } from '../id.ts';
import { listIndex, openIndex, rowBase, workIndex } from '../row.ts';
import type { StatusTable } from '../status.ts';

/** The life of one step of work. A lapsed lease leaves it `leased` until the next agent claims it under a new fence. */
export const taskStatuses = {
  open: ['leased', 'expired'],
  leased: ['leased', 'open', 'completed', 'failed', 'expired'],
  completed: [],
  failed: [],
  expired: [],
} as const satisfies StatusTable<string>;
export type TaskStatus = keyof typeof taskStatuses;

/** Why this agent got the task: everyone eligible with their scores, 0 to 1 each. */
export const assignment = z.object({
  agent: agentId,
  fence: z.int().min(1),
  at: z.iso.datetime(),
  why: z.string(),
  candidates: z.array(
    z.object({ agent: agentId, score: z.number(), parts: z.record(z.string(), z.number()) }),
  ),
});
export type Assignment = z.infer<typeof assignment>;

export const taskRow = z.object({
  ...rowBase,
  ...openIndex,
  ...workIndex,
  /** While leased: `TASKS#<agent>`, so that an agent's load can be counted. */
  ...listIndex,
  id: taskId,
  /** The run it is part of; absent when it was asked for by an action outside any. */
  run: runId.optional(),
  workflow: z.string().optional(),
  unit: z.string(),
  /** Name of the machine's state, or of the tool it was asked for by. */
  step: z.string(),
  /** The action whose result its output is, and the agent that asked so: it may not do the task itself. */
  action: actionId.optional(),
  asker: agentId.optional(),
  capability: z.string(),
  input: z.unknown(),
  /** E-mail address of the person the run acts for. */
  onBehalfOf: z.string().optional(),
  status: z.enum(['open', 'leased', 'completed', 'failed', 'expired']),
  openedAt: z.iso.datetime(),
  deadline: z.iso.datetime(),
  leaseSeconds: z.int().min(1),
  /** Grows with each claim; a call under an older fence is refused. */
  fence: z.int().min(0),
  assignments: z.array(assignment),
  output: z.unknown().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
  settledAt: z.iso.datetime().optional(),
});
export type TaskRow = z.infer<typeof taskRow>;

export const taskKey = (id: string) => ({ pk: `TASK#${id}`, sk: 'TASK' });

/**
 * An agent's hold on a task. A row of its own, outside the audited history, so that a heartbeat costs one small
 * write; whoever takes the task over does so under the condition that this row is as it was seen.
 */
export const leaseRow = z.object({
  pk: z.string(),
  sk: z.literal('LEASE'),
  v: z.literal(1),
  agent: agentId,
  fence: z.int().min(1),
  /** SHA-256 of the lease secret handed to the claimer. */
  digest: z.string(),
  expiresAt: z.iso.datetime(),
});
export type LeaseRow = z.infer<typeof leaseRow>;

export const leaseKey = (id: string) => ({ pk: `TASK#${id}`, sk: 'LEASE' });
/** Tasks of a unit that ask for a capability queue together. */
export const workQueueOf = (unit: string, capability: string) => `${unit}/${capability}`;
export const loadListOf = (agent: string) => `TASKS#${agent}`;

/** Who holds a task now: the lease's agent while its fence is the task's and its time has not run out. */
export function holderOf(task: TaskRow, lease: LeaseRow | undefined, now: Date): LeaseRow | undefined {
  const live = lease && lease.fence === task.fence && Date.parse(lease.expiresAt) > now.getTime();
  return live && task.status === 'leased' ? lease : undefined;
}
