import type { AgentRow } from '../agent/agent.ts';
import { approvalKey, type ApprovalRow } from '../approval/approval.ts';
import type { Change, Refusal, Write } from '../change.ts';
import { type Switches, switchesKey } from '../switch/switch.ts';
import type { ActionRow } from './action.ts';
import { approvedDigest } from './action-row.ts';
import { succeed } from './activate-approved.ts';
import { type Obstacle, stoppedBy } from './admission.ts';
import type { ConflictQuestion } from './conflict-question.ts';
import { end, lapse, lapsed } from './start-approved.ts';

export type RulingFacts = {
  readonly action: ActionRow;
  readonly input: ConflictQuestion;
  readonly approval: ApprovalRow;
  readonly agent: AgentRow;
  readonly switches: Switches;
  /** Whether the votes are enough for the council as it is now. */
  readonly quorum: boolean;
};

/** Records the council's yes as the end of the question; its no was recorded with the vote. Nothing else changes. */
export function ruleOnConflict(
  facts: RulingFacts,
  now: Date,
): Change<ActionRow> | Refusal<'not-held' | 'not-approved'> {
  const { action, approval, input, switches } = facts;
  if (action.status !== 'held') return { refused: 'not-held', detail: `the action is ${action.status}` };
  if (approval.status !== 'approved') {
    return { refused: 'not-approved', detail: `the approval is ${approval.status}` };
  }
  if (lapsed(approval, now)) return end(action, 'expired', lapse, now);
  const problem = findProblem(facts);
  if (problem) return end(action, 'denied', problem, now);
  const done = succeed(action, { conflict: input.conflict, ruling: input.ifApproved }, now);
  const engaged: Write[] =
    switches.version > 0 ? [{ kind: 'unchanged', key: switchesKey, ifVersion: switches.version }] : [];
  return {
    writes: [
      { kind: 'replace', row: done.row, ifVersion: action.version, ifStatus: ['held'] },
      { kind: 'unchanged', key: approvalKey(approval.id), ifVersion: approval.version },
      ...engaged,
    ],
    events: done.events,
    result: done.row,
  };
}

function findProblem(facts: RulingFacts): Obstacle | undefined {
  const { action, approval } = facts;
  if (approval.action !== action.id || approval.digest !== approvedDigest(action)) {
    return { code: 'not-what-was-approved', detail: 'the approval is for another question: ask again' };
  }
  const stop = stoppedBy(facts, action);
  if (stop) return { code: 'blocked', detail: `a kill switch stops ${stop.scope}: ${stop.reason}` };
  return facts.quorum
    ? undefined
    : { code: 'approval-not-enough', detail: 'the votes are not enough for the council as it is now' };
}
