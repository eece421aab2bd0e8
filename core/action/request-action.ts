import { actingStages } from '../agent/agent.ts';
import { approvalOf } from '../approval/approval.ts';
import type { Spending, Spent } from '../budget/budget.ts';
import type { Change, Write } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import { agentId } from '../id.ts';
import type { Decision, DecisionRequest } from '../policy/decision.ts';
import { type ActionRow, type Decided, type Shadowed, shownOf } from './action.ts';
import { actionEvent, type ActionRequest, byAgent, newActionRow } from './action-row.ts';
import { overspent, reserve } from './reserve-budget.ts';
import { type AdmissionFacts, dayOf, findObstacle, type Obstacle } from './admission.ts';

/** A policy decision with what the engine was asked and the hash of the tool's definition it was made on. */
export type Judged = {
  readonly decision: Decision;
  readonly asked: Pick<DecisionRequest, 'agent' | 'approvals' | 'links'>;
  readonly toolHash: string;
  /** How the release in the shadow would have decided otherwise. */
  readonly shadow?: Shadowed;
  /** The input without what its tool's schema marks as sensitive, where it marks something. */
  readonly shown?: Readonly<Record<string, unknown>>;
  /** The tool that shows what is there before it acts, where it names one. */
  readonly preview?: string;
  /** Seconds the tool may take, where the door does not wait that long. */
  readonly callSeconds?: number;
  /** What it takes of budgets. */
  readonly spending?: Spending;
  /** What was spent of them before, where that was looked at; the commit holds it to the limits either way. */
  readonly spent?: Spent;
};

/**
 * What one request at the door becomes: denied, held or started, each with its one event. An obstacle of the agent
 * itself (stage, switch, daily cap, a task it does not hold) denies whatever policy says.
 */
export function requestAction(
  facts: AdmissionFacts,
  request: ActionRequest,
  judged: Judged,
  now: Date,
): Change<ActionRow> {
  const { decision, toolHash } = judged;
  const { shown } = judged;
  const asked = { ...newActionRow(facts, request, toolHash, now), ...(shown && { shown }) };
  const base = { ...asked, ...judgedBy(judged) };
  const obstacle = findObstacle(facts, base, now);
  if (obstacle) return deny(base, obstacle, now);
  if (decision.outcome === 'deny') return deny(base, { code: decision.reason, detail: decision.detail }, now);
  const broke = budgetObstacle(judged, now);
  if (broke) return deny(base, broke, now);
  if (decision.outcome === 'hold') return hold({ ...base, preview: judged.preview }, decision, now);
  return start(facts, base, judged, now);
}

type Base = Omit<ActionRow, 'status'>;

/** The budget that does not suffice, as far as what was spent is known. */
export function budgetObstacle({ spending = [], spent }: Judged, now: Date): Obstacle | undefined {
  const detail = overspent(spending, spent, dayOf(now));
  return detail === undefined ? undefined : { code: 'budget-exceeded', detail };
}

/** What a decision leaves on the action's row: under which release, by which policies, on what it was made. */
export function judgedBy({ decision, asked, shadow }: Judged) {
  const { unit, roles, stage, sponsor } = asked.agent;
  const decided: Decided = {
    outcome: decision.outcome,
    ...(decision.outcome === 'deny' && { reason: decision.reason }),
    agent: { unit, roles: [...roles], stage, sponsor },
    ...(asked.links && { links: asked.links.map(linkOf) }),
    approvals: [...asked.approvals],
    ...(shadow && { shadow }),
  };
  return { release: decision.release, policies: [...decision.policies], decided };
}

const linkOf = ({ id, unit, roles, stage, sponsor }: DecisionRequest['agent']) => ({
  id: agentId.parse(id),
  unit,
  roles: [...roles],
  stage,
  sponsor,
});

function deny(base: Base, problem: Obstacle, now: Date): Change<ActionRow> {
  const row: ActionRow = { ...base, status: 'denied', problem, settledAt: now.toISOString() };
  return created(row, eventOf(row, 'action.denied', 'deny', { problem }, now));
}

function hold(base: Base, decision: Decision & { outcome: 'hold' }, now: Date): Change<ActionRow> {
  const held: ActionRow = { ...base, status: 'held', guards: [...decision.guards], ...heldSince(now) };
  const opened = approvalOf(held, decision.guards, now);
  const row: ActionRow = { ...held, approval: opened.row.id };
  const guards = decision.guards.map((guard) => guard.id);
  return {
    writes: [
      { kind: 'create', row },
      { kind: 'create', row: opened.row },
    ],
    events: [eventOf(row, 'action.held', 'hold', { guards }, now), opened.event],
    result: row,
  };
}

function start(facts: AdmissionFacts, base: Base, judged: Judged, now: Date): Change<ActionRow> {
  const startedAt = now.toISOString();
  const { taken, writes } = begin(judged, now);
  const row: ActionRow = { ...base, status: 'started', attempt: 1, startedAt, ...openSince(now), ...taken };
  const change = created(row, eventOf(row, 'action.started', 'allow', taken, now));
  return { ...change, writes: [...change.writes, ...admissions(facts, base.tool, now), ...writes] };
}

/** What a start leaves on the row and in its event: what it takes of budgets, and that the executor is to call. */
export function begin({ spending = [], callSeconds }: Judged, now: Date) {
  const { reserved, writes } = reserve(spending, dayOf(now));
  const later = callSeconds !== undefined && { callSeconds, queued: true as const };
  return { taken: { ...(reserved && { reserved }), ...later }, writes };
}

/**
 * An action passes the gate of its agent and of every agent that lent it its say, and counts on each one's day; what it
 * leans on must not have been revoked meanwhile.
 */
export function admissions({ lent, ...own }: AdmissionFacts, tool: string, now: Date): readonly Write[] {
  if (!lent) return [admit(own, tool, now)];
  const gates = lent.links.map(({ gate }) => admit({ gate, switches: own.switches }, tool, now));
  const leaned = [lent.delegation, ...lent.above].filter((each) => each !== undefined);
  return [
    admit(own, tool, now),
    ...gates,
    ...leaned.map(({ pk, sk, version }): Write => ({
      kind: 'unchanged',
      key: { pk, sk },
      ifVersion: version,
    })),
  ];
}

/** The gate's own condition: what the decision was made on must still hold when it commits. */
export function admit(
  { gate, switches }: Pick<AdmissionFacts, 'gate' | 'switches'>,
  tool: string,
  now: Date,
) {
  const key = { pk: gate.pk, sk: gate.sk };
  const seen = { seenDay: gate.day, switches: switches.version };
  return { kind: 'admit', key, day: dayOf(now), ...seen, stages: actingStages, tool } as const;
}

/** Open rows are swept by kind, so that many held actions never hide one that a crash left in flight. */
export const openSince = (now: Date) => ({ openKind: 'ACTION', openSince: now.toISOString() });
const heldSince = (now: Date) => ({ openKind: 'HELD', openSince: now.toISOString() });

function created(row: ActionRow, event: AuditEvent): Change<ActionRow> {
  return { writes: [{ kind: 'create', row }], events: [event], result: row };
}

function eventOf(
  row: ActionRow,
  type: 'action.denied' | 'action.held' | 'action.started',
  decision: Decision['outcome'],
  data: Readonly<Record<string, unknown>>,
  now: Date,
): AuditEvent {
  const { digest, toolHash, agentRelease, decided } = row;
  const recorded = {
    ...data,
    input: shownOf(row),
    digest,
    toolHash,
    ...(agentRelease && { agentRelease }),
    decided,
  };
  return { ...actionEvent(row, type, { ...byAgent(row.agent, now), data: recorded }), decision };
}
