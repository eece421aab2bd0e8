import { actingStages, type AgentRow, certificationEnded, type GateRow } from '../agent/agent.ts';
import { type Lent, whyNotLent } from '../delegation/delegation.ts';
import { describeQuarantine, quarantineOf, type ToolWatchRow } from '../governance/tool-watch.ts';
import type { AgentId } from '../id.ts';
import { coveringSwitch, type EngagedSwitch, type Switches } from '../switch/switch.ts';
import type { TaskRow } from '../task/task.ts';

/** The task an action is part of, and who holds its lease now. */
export type Work = { readonly task: TaskRow; readonly heldBy: AgentId | undefined };

/** What stands in an action's way before any policy is asked. */
export type Obstacle = { readonly code: string; readonly detail: string };

export type AdmissionFacts = {
  readonly agent: AgentRow;
  readonly gate: GateRow;
  /** The kill switches engaged now. */
  readonly switches: Switches;
  /** Absent when the action is part of no task; `missing` when the named task does not exist. */
  readonly work?: Work | 'missing' | undefined;
  /** The delegation it leans on; absent when it acts by itself. */
  readonly lent?: Lent | undefined;
  /** What became of the tool's upstream; absent when it was never looked at. */
  readonly watch?: ToolWatchRow | undefined;
};

/** What is about to be done, as far as a kill switch or a quarantine may stop it. */
export type Doing = {
  readonly tool: string;
  readonly workflow?: string | undefined;
  /** The tool's definition that was judged. */
  readonly toolHash?: string;
};

/**
 * Whether the agent itself may start this now: kill switches, its stage, its day, what it was lent, its task, and the
 * tool's quarantine.
 */
export function findObstacle(facts: AdmissionFacts, doing: Doing, now: Date): Obstacle | undefined {
  const own = switchObstacle(facts, doing) ?? gateObstacle(facts.gate, now);
  return own ?? lentObstacle(facts, doing, now) ?? workObstacle(facts) ?? quarantineObstacle(facts, doing);
}

/** What is found upstream of the tool, as it is in force, is not what was reviewed. */
export function quarantineObstacle(
  { watch }: Pick<AdmissionFacts, 'watch'>,
  { tool, toolHash = '' }: Doing,
): Obstacle | undefined {
  const quarantine = quarantineOf(watch, toolHash);
  return quarantine && { code: 'tool-quarantined', detail: describeQuarantine(tool, quarantine) };
}

/** Whoever lent must be able to do it too, now and by itself; the delegation only narrows. */
function lentObstacle(
  { agent, lent, switches }: AdmissionFacts,
  doing: Doing,
  now: Date,
): Obstacle | undefined {
  if (!lent) return undefined;
  const ended = whyNotLent(lent, agent.id, now);
  if (ended) return ended;
  const { tools } = lent.delegation ?? {};
  if (tools && !tools.includes(doing.tool)) {
    const detail = `the delegation is for ${tools.join(', ')} alone: ask for another, or act without it`;
    return { code: 'not-delegated', detail };
  }
  for (const { agent: link, gate } of lent.links) {
    const stop = switchObstacle({ agent: link, switches }, doing) ?? gateObstacle(gate, now);
    if (stop) return { code: stop.code, detail: `${link.id}, which lent its say, may not: ${stop.detail}` };
  }
  return undefined;
}

/** Whether the agent may do nothing at all now: a kill switch over it, its stage, its certification. */
export function findStop(facts: Omit<AdmissionFacts, 'work'>, now: Date): Obstacle | undefined {
  return switchObstacle(facts) ?? lifeObstacle(facts.gate, now);
}

/** The switch that stops this agent from doing this; `undefined` when none does. */
export function stoppedBy(
  { agent, switches }: Pick<AdmissionFacts, 'agent' | 'switches'>,
  { tool, workflow }: Partial<Doing> = {},
): EngagedSwitch | undefined {
  const { id, unit, roles } = agent;
  return coveringSwitch(switches, { agent: id, unit, roles, tool, workflow });
}

function switchObstacle(
  facts: Pick<AdmissionFacts, 'agent' | 'switches'>,
  doing?: Doing,
): Obstacle | undefined {
  const stop = stoppedBy(facts, doing);
  if (!stop) return undefined;
  return { code: 'blocked', detail: `a kill switch stops ${stop.scope}: ${stop.reason}` };
}

function gateObstacle(gate: GateRow, now: Date): Obstacle | undefined {
  const life = lifeObstacle(gate, now);
  if (life) return life;
  if (gate.day === dayOf(now) && gate.actionsToday >= gate.dailyActions) {
    return { code: 'daily-cap', detail: `the agent used its ${gate.dailyActions} actions of today (UTC)` };
  }
  return undefined;
}

function lifeObstacle(gate: GateRow, now: Date): Obstacle | undefined {
  if (certificationEnded(gate, now)) {
    return {
      code: 'recertification-missed',
      detail: `the agent's certification ended on ${gate.recertifyBy ?? ''}: its sponsor sets recertifyBy anew`,
    };
  }
  if (!actingStages.some((stage) => stage === gate.stage)) {
    return {
      code: 'agent-inactive',
      detail: `the agent is in stage ${gate.stage}; only pilot and production may act`,
    };
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
