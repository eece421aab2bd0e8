import type { AgentRow } from '../agent/agent.ts';
import { approvalKey, type ApprovalRow } from '../approval/approval.ts';
import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent, EventType } from '../event.ts';
import { COE } from '../governance/manifest.ts';
import type { ActiveReleaseRow } from '../policy/release.ts';
import type { Row } from '../row.ts';
import { type Switches, switchesKey } from '../switch/switch.ts';
import type { ActionRow } from './action.ts';
import { actionEvent, approvedDigest, bySystem } from './action-row.ts';
import { type Obstacle, stoppedBy } from './admission.ts';
import type { ProposalInput } from './proposal.ts';
import { end, lapse, lapsed } from './start-approved.ts';

export type ProposalFacts = {
  readonly action: ActionRow;
  readonly input: ProposalInput;
  readonly approval: ApprovalRow;
  readonly agent: AgentRow;
  readonly switches: Switches;
  /** Whether the votes are enough for the council as it is now. */
  readonly quorum: boolean;
  readonly active: ActiveReleaseRow | undefined;
  /** Versions of the seats' rows now; 0 where there is none. */
  readonly seated: readonly number[];
};

/**
 * Does what the council agreed to, in one change with the end of its action: the release comes into force and the
 * seats change. What was agreed to in another state than that of now ends denied, without effect.
 */
export function activateApproved(
  facts: ProposalFacts,
  activation: Pick<Change, 'writes'> & { readonly events: readonly AuditEvent[] },
  now: Date,
): Change<ActionRow> | Refusal<'not-held' | 'not-approved'> {
  const { action, approval, switches } = facts;
  if (action.status !== 'held') return { refused: 'not-held', detail: `the action is ${action.status}` };
  if (approval.status !== 'approved') {
    return { refused: 'not-approved', detail: `the approval is ${approval.status}` };
  }
  if (lapsed(approval, now)) return end(action, 'expired', lapse, now);
  const problem = findProblem(facts);
  if (problem) return end(action, 'denied', problem, now);
  const done = succeed(action, { release: action.input['release'] }, now);
  const seats = facts.input.seats.map((row) => seat(row, action, now));
  const engaged: Write[] =
    switches.version > 0 ? [{ kind: 'unchanged', key: switchesKey, ifVersion: switches.version }] : [];
  return {
    writes: [
      { kind: 'replace', row: done.row, ifVersion: action.version, ifStatus: ['held'] },
      { kind: 'unchanged', key: approvalKey(approval.id), ifVersion: approval.version },
      ...engaged,
      ...activation.writes,
      ...seats.map(({ write }) => write),
    ],
    events: [...done.events, ...activation.events, ...seats.map(({ event }) => event)],
    result: done.row,
  };
}

function findProblem(facts: ProposalFacts): Obstacle | undefined {
  const { action, approval, input, active, seated } = facts;
  if (approval.action !== action.id || approval.digest !== approvedDigest(action)) {
    return { code: 'not-what-was-approved', detail: 'the approval is for another request: apply again' };
  }
  const stop = stoppedBy(facts, action);
  if (stop) return { code: 'blocked', detail: `a kill switch stops ${stop.scope}: ${stop.reason}` };
  if (!facts.quorum) {
    return { code: 'approval-not-enough', detail: 'the votes are not enough for the council as it is now' };
  }
  const seatsMoved = input.seats.some((row, n) => seated[n] !== row.version - 1);
  if (active?.release !== input.before || seatsMoved) {
    return { code: 'superseded', detail: 'something else came into force meanwhile: plan and apply again' };
  }
  return undefined;
}

/** It starts and ends in one moment, so its row skips a version that its two events tell of. */
export function succeed(
  action: ActionRow,
  output: Readonly<Record<string, unknown>>,
  now: Date,
): { readonly row: ActionRow; readonly events: [AuditEvent, AuditEvent] } {
  const { openKind, openSince, ...closed } = action;
  const at = now.toISOString();
  const started: ActionRow = {
    ...closed,
    version: action.version + 1,
    status: 'started',
    attempt: 1,
    startedAt: at,
  };
  const ended = { settledAt: at, durationMs: 0, output };
  const row: ActionRow = { ...started, version: action.version + 2, status: 'succeeded', ...ended };
  const by = bySystem('execute-action', now);
  const start: AuditEvent = { ...actionEvent(started, 'action.started', by), decision: 'allow' };
  return { row, events: [start, actionEvent(row, 'action.succeeded', { ...by, data: { durationMs: 0 } })] };
}

const nouns: Readonly<Record<string, EventType>> = {
  COUNCIL: 'council.changed',
  GROUP: 'group.changed',
  PERSON: 'person.changed',
};

function seat(row: Row & { readonly id?: unknown }, action: ActionRow, now: Date) {
  const ifVersion = row.version - 1;
  const write: Write = ifVersion === 0 ? { kind: 'create', row } : { kind: 'replace', row, ifVersion };
  const event: AuditEvent = {
    v: 1,
    subject: row.pk,
    version: row.version,
    type: nouns[row.sk] ?? 'council.changed',
    at: now.toISOString(),
    actor: bySystem('execute-action', now).actor,
    unit: COE,
    action: action.id,
    data: { id: row.id },
  };
  return { write, event };
}
