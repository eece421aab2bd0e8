import { actingStages, type AgentRow, type GateRow } from '../agent/agent.ts';
import type { AgentId } from '../id.ts';
import type { TaskRow } from '../task/task.ts';

/** The task an action is part of, and who holds its lease now. */
export type Work = { readonly task: TaskRow; readonly heldBy: AgentId | undefined };

/** What stands in an action's way before any policy is asked. */
export type Obstacle = { readonly code: string; readonly detail: string };

export type AdmissionFacts = {
  readonly agent: AgentRow;
  readonly gate: GateRow;
  /** Absent when the action is part of no task; `missing` when the named task does not exist. */
  readonly work?: Work | 'missing' | undefined;
};

/** Whether the agent itself may start anything now: its stage, its switches, its day, its hold on the task. */
export function findObstacle(facts: AdmissionFacts, now: Date): Obstacle | undefined {
  return gateObstacle(facts.gate, now) ?? workObstacle(facts);
}

function gateObstacle(gate: GateRow, now: Date): Obstacle | undefined {
  if (!actingStages.some((stage) => stage === gate.stage)) {
    return {
      code: 'agent-inactive',
      detail: `the agent is in stage ${gate.stage}; only pilot and production may act`,
    };
  }
  if (gate.blockedBy !== undefined) {
    return { code: 'blocked', detail: `a kill switch covers this agent: ${gate.blockedBy}` };
  }
  if (gate.day === dayOf(now) && gate.actionsToday >= gate.dailyActions) {
    return { code: 'daily-cap', detail: `the agent used its ${gate.dailyActions} actions of today (UTC)` };
  }
  return undefined;
}

function workObstacle({ agent, work }: AdmissionFacts): Obstacle | undefined {
  if (work === undefined) return undefined;
  if (work !== 'missing' && work.task.status === 'leased' && work.heldBy === agent.id) return undefined;
  return { code: 'task-not-leased', detail: 'the task is not leased to this agent now: claim it first' };
}

/** The UTC date an action counts on. */
export const dayOf = (now: Date) => now.toISOString().slice(0, 10);
