import { approvalKey, type ApprovalRow } from '../approval/approval.ts';
import type { Change, Refusal } from '../change.ts';
import type { Decision } from '../policy/decision.ts';
import { priorsOf } from '../status.ts';
import { type ActionRow, actionStatuses } from './action.ts';
import { actionEvent, approvedDigest, bySystem } from './action-row.ts';
import { type AdmissionFacts, findObstacle, type Obstacle } from './admission.ts';
import { admissions, begin, budgetObstacle, type Judged, judgedBy, openSince } from './request-action.ts';

/** How long an approval may wait for its use; after that it lapses. */
export type Lapse = { readonly approval: ApprovalRow; readonly lapseMinutes: number };

export type ApprovedFacts = AdmissionFacts & Lapse & { readonly action: ActionRow };

/**
 * Starts a held action whose approval came, everything judged afresh: the votes must still lift the active
 * release's guards, the tool must still be the one approved, the agent must still be admitted. Otherwise it ends
 * denied (or expired, when the approval lapsed), never executed.
 */
export function startApproved(
  facts: ApprovedFacts,
  judged: Judged,
  now: Date,
): Change<ActionRow> | Refusal<'not-held' | 'not-approved'> {
  const { action, approval } = facts;
  if (action.status !== 'held') return { refused: 'not-held', detail: `the action is ${action.status}` };
  if (approval.status !== 'approved') {
    return { refused: 'not-approved', detail: `the approval is ${approval.status}` };
  }
  const { decision } = judged;
  const judgedRow = { ...action, ...judgedBy(judged) };
  if (lapsed(facts, now)) return end(judgedRow, 'expired', lapse(facts), now);
  const obstacle = boundObstacle(facts, judged) ?? findObstacle({ ...facts, work: undefined }, action, now);
  const problem = obstacle ?? policyObstacle(decision) ?? budgetObstacle(judged, now);
  if (problem) return end(judgedRow, 'denied', problem, now);
  return start(facts, judgedRow, judged, now);
}

/** Whether an approval came too long ago to be used. */
export function lapsed({ approval, lapseMinutes }: Lapse, now: Date): boolean {
  const last = approval.votes.at(-1)?.at ?? approval.openedAt;
  return now.getTime() - Date.parse(last) > lapseMinutes * 60_000;
}

export const lapse = ({ lapseMinutes }: Lapse): Obstacle => ({
  code: 'approval-lapsed',
  detail: `the approval was not used within ${lapseMinutes} minutes: ask again`,
});

/** The approval is for this very action and the tool still has the definition that was approved. */
function boundObstacle({ action, approval }: ApprovedFacts, { toolHash }: Judged): Obstacle | undefined {
  if (approval.action !== action.id || approval.digest !== approvedDigest(action)) {
    return { code: 'not-what-was-approved', detail: 'the approval is for another request: ask again' };
  }
  if (toolHash !== action.toolHash) {
    return { code: 'tool-changed', detail: 'the tool was changed after the approval: ask again' };
  }
  return undefined;
}

function policyObstacle(decision: Decision): Obstacle | undefined {
  if (decision.outcome === 'allow') return undefined;
  if (decision.outcome === 'deny') return { code: decision.reason, detail: decision.detail };
  const titles = decision.guards.map((guard) => guard.title).join('; ');
  return { code: 'approval-not-enough', detail: `the votes do not meet the rules of now: ${titles}` };
}

function start(facts: ApprovedFacts, judged: ActionRow, judging: Judged, now: Date): Change<ActionRow> {
  const startedAt = now.toISOString();
  const { taken, writes } = begin(judging, now);
  const row: ActionRow = {
    ...judged,
    version: judged.version + 1,
    status: 'started',
    attempt: 1,
    startedAt,
    ...openSince(now),
    ...taken,
  };
  const by = { ...bySystem('execute-action', now), data: { decided: row.decided, ...taken } };
  const event = actionEvent(row, 'action.started', by);
  return {
    writes: [
      { kind: 'replace', row, ifVersion: judged.version, ifStatus: ['held'] },
      { kind: 'unchanged', key: approvalKey(facts.approval.id), ifVersion: facts.approval.version },
      ...admissions(facts, row.tool, now),
      ...writes,
    ],
    events: [{ ...event, decision: 'allow' }],
    result: row,
  };
}

/** Ends a held action without effect. */
export function end(
  judged: ActionRow,
  status: 'denied' | 'expired',
  problem: Obstacle,
  now: Date,
): Change<ActionRow> {
  const { openKind, openSince, ...closed } = judged;
  const settledAt = now.toISOString();
  const row: ActionRow = { ...closed, version: judged.version + 1, status, problem, settledAt };
  const by = { ...bySystem('execute-action', now), data: { problem, decided: row.decided } };
  const event = actionEvent(row, status === 'denied' ? 'action.denied' : 'action.expired', by);
  const ifStatus = priorsOf(actionStatuses, status);
  return {
    writes: [{ kind: 'replace', row, ifVersion: judged.version, ifStatus }],
    events: [{ ...event, decision: 'deny' }],
    result: row,
  };
}
