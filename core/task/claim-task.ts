import { actingStages, type AgentRow } from '../agent/agent.ts';
import type { Change, Refusal } from '../change.ts';
import { priorsOf } from '../status.ts';
import {
  type Assignment,
  holderOf,
  leaseKey,
  type LeaseRow,
  loadListOf,
  type TaskRow,
  taskStatuses,
} from './task.ts';
import { taskEvent } from './task-event.ts';

/** An agent that could do the task, and how many tasks it holds. */
export type Candidate = { readonly agent: AgentRow; readonly holding: number };

export type ClaimFacts = {
  readonly task: TaskRow;
  readonly lease: LeaseRow | undefined;
  readonly claimer: AgentRow;
  readonly candidates: readonly Candidate[];
};

/** Why an agent may not have this task; `undefined` when it may. */
export function unfitFor(
  task: Pick<TaskRow, 'unit' | 'capability' | 'asker'>,
  agent: AgentRow,
): string | undefined {
  if (!actingStages.some((stage) => stage === agent.stage)) return `it is in stage ${agent.stage}`;
  if (agent.unit !== task.unit) return `it belongs to unit ${agent.unit}`;
  if (agent.id === task.asker) return 'it asked for it itself';
  return agent.capabilities.includes(task.capability)
    ? undefined
    : `it lacks the capability ${task.capability}`;
}

/**
 * Leases an open task, or one whose lease lapsed, to the agent that asks, under a new fence: that is the failover.
 * Records everyone who was eligible, how each scored, and why this one has it.
 */
export function claimTask(
  facts: ClaimFacts,
  leaseDigest: string,
  now: Date,
): Change<{ readonly task: TaskRow; readonly lease: LeaseRow }> | Refusal<'not-claimable'> {
  const { task, lease, claimer } = facts;
  const refuse = (detail: string): Refusal<'not-claimable'> => ({ refused: 'not-claimable', detail });
  if (task.status !== 'open' && task.status !== 'leased') return refuse(`the task is ${task.status}`);
  if (now.getTime() >= Date.parse(task.deadline)) return refuse('its deadline passed');
  if (holderOf(task, lease, now)) return refuse('another agent holds it');
  const unfit = unfitFor(task, claimer);
  if (unfit) return refuse(unfit);
  const fence = task.fence + 1;
  const assigned: Assignment = { agent: claimer.id, fence, at: now.toISOString(), ...explain(facts, now) };
  const claimed: TaskRow = {
    ...task,
    version: task.version + 1,
    status: 'leased',
    fence,
    assignments: [...task.assignments, assigned].slice(-20),
    listKind: loadListOf(claimer.id),
    listKey: task.id,
  };
  const expiresAt = new Date(now.getTime() + task.leaseSeconds * 1000).toISOString();
  const taken: LeaseRow = { ...leaseOf(task), agent: claimer.id, fence, digest: leaseDigest, expiresAt };
  const event = taskEvent(claimed, 'task.claimed', {
    actor: { kind: 'agent', id: claimer.id },
    now,
    data: { why: assigned.why, candidates: assigned.candidates, takenOver: task.status === 'leased' },
  });
  return {
    writes: [
      { kind: 'replace', row: claimed, ifVersion: task.version, ifStatus: priorsOf(taskStatuses, 'leased') },
      { kind: 'lease', row: taken, seen: lease && { fence: lease.fence, expiresAt: lease.expiresAt } },
    ],
    events: [{ ...event, agent: claimer.id }],
    result: { task: claimed, lease: taken },
  };
}

const leaseOf = (task: TaskRow) => ({ ...leaseKey(task.id), sk: 'LEASE' as const, v: 1 as const });

/** Scores from 0 to 1: how free an agent is, and how long the task waited (the same for all). */
function explain(
  { task, claimer, candidates }: ClaimFacts,
  now: Date,
): Pick<Assignment, 'why' | 'candidates'> {
  const waited = (now.getTime() - Date.parse(task.openedAt)) / 1000;
  const age = Math.min(1, waited / 600);
  const scored = candidates
    .filter(({ agent }) => !unfitFor(task, agent))
    .map(({ agent, holding }) => {
      const parts = {
        capability: 1,
        load: round(1 - Math.min(1, holding / agent.maxTasks)),
        age: round(age),
      };
      return { agent: agent.id, score: round((parts.capability + parts.load + parts.age) / 3), parts };
    });
  const own = scored.find(({ agent }) => agent === claimer.id)?.score ?? 0;
  const how = task.status === 'leased' ? 'took over a lapsed lease' : 'asked first';
  return { why: `${how} among ${scored.length} eligible; score ${own}`, candidates: scored };
}

const round = (value: number) => Math.round(value * 100) / 100;
