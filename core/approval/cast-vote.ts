import type { ActionRow } from '../action/action.ts';
import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import type { Assurance } from '../policy/decision.ts';
import { priorsOf } from '../status.ts';
import { approvalEvent, type ApprovalRow, approvalStatuses, type Channel, type Vote } from './approval.ts';
import { closeAction } from './close-action.ts';
import { type Electorate, eligiblePeople, liftedGuards } from './count-votes.ts';
import { openSeats } from './ways.ts';

export type VoteFacts = {
  readonly approval: ApprovalRow;
  readonly action: ActionRow;
  readonly electorate: Electorate;
};

export type Ballot = {
  readonly person: string;
  readonly decision: Vote['decision'];
  readonly reason?: string | undefined;
  /** The digest the person was shown: they decide about exactly that. */
  readonly digest: string;
  /** @default 'page' */
  readonly channel?: Channel;
  /** How surely it is known who votes. @default 'link' */
  readonly assurance?: Assurance;
  /** Since when the person has had it before them, where that is known. */
  readonly seenAt?: Date | undefined;
};

export type VoteRefusal = Refusal<
  | 'not-pending'
  | 'too-late'
  | 'not-eligible'
  | 'already-voted'
  | 'reason-required'
  | 'another-action'
  | 'sign-in-required'
>;

/**
 * Counts one person's decision. The first no ends it and closes the action in the same change; the yes that meets
 * every guard approves it; any other yes is counted and waits.
 */
export function castVote(facts: VoteFacts, ballot: Ballot, now: Date): Change<ApprovalRow> | VoteRefusal {
  const refusal = findRefusal(facts, ballot, now);
  if (refusal) return refusal;
  const vote: Vote = {
    person: ballot.person,
    decision: ballot.decision,
    ...(ballot.reason !== undefined && { reason: ballot.reason }),
    channel: ballot.channel ?? 'page',
    assurance: ballot.assurance ?? 'link',
    ...(ballot.seenAt && { seenAt: ballot.seenAt.toISOString() }),
    at: now.toISOString(),
  };
  const votes = [...facts.approval.votes, vote];
  const row: ApprovalRow = { ...facts.approval, version: facts.approval.version + 1, votes };
  if (vote.decision === 'deny') return deny(facts, { ...row, status: 'denied' }, vote, now);
  const lifted = liftedGuards(row.guards, { votes, waiting: row }, facts.electorate);
  const met = lifted.length === row.guards.length;
  return record(met ? { ...row, status: 'approved' } : row, vote, now);
}

function findRefusal(
  { approval, electorate }: VoteFacts,
  ballot: Ballot,
  now: Date,
): VoteRefusal | undefined {
  const person = eligiblePeople(electorate, openSeats(approval.guards, approval, now)).find(
    ({ id }) => id === ballot.person,
  );
  const voted = approval.votes.map((vote) => electorate.people.find(({ id }) => id === vote.person)?.email);
  if (approval.status !== 'pending') {
    return { refused: 'not-pending', detail: `this request is already ${approval.status}` };
  }
  if (now.getTime() >= Date.parse(approval.expiresAt)) {
    return { refused: 'too-late', detail: 'the time to decide is over; nothing was carried out' };
  }
  if (ballot.digest !== approval.digest) {
    return { refused: 'another-action', detail: 'this link was made for another request' };
  }
  if (!person) {
    return { refused: 'not-eligible', detail: 'you are not (or no longer) among those who may decide this' };
  }
  if (voted.includes(person.email))
    return { refused: 'already-voted', detail: 'your decision was counted before' };
  return termRefusal(approval, ballot);
}

/** A no may come from anyone who may decide; a yes must come as surely as the guards ask. */
function termRefusal({ guards }: ApprovalRow, ballot: Ballot): VoteRefusal | undefined {
  if (ballot.decision === 'deny') {
    return ballot.reason?.trim()
      ? undefined
      : { refused: 'reason-required', detail: 'say why, so that the requester can do better' };
  }
  if (ballot.assurance !== 'signed-in' && guards.some(({ assurance }) => assurance === 'signed-in')) {
    return { refused: 'sign-in-required', detail: 'to approve this, sign in to your inbox and decide there' };
  }
  return undefined;
}

const eventTypes = {
  pending: 'approval.voted',
  approved: 'approval.approved',
  denied: 'approval.denied',
} as const;

function record(row: ApprovalRow, vote: Vote, now: Date): Change<ApprovalRow> {
  const { openKind, openSince, ...closed } = row;
  const next = row.status === 'pending' ? row : closed;
  return { writes: [replace(next)], events: [votedEvent(next, vote, now)], result: next };
}

function deny(facts: VoteFacts, row: ApprovalRow, vote: Vote, now: Date): Change<ApprovalRow> {
  const change = record(row, vote, now);
  const reason = vote.reason ?? '';
  const closing = closeAction(facts.action, {
    status: 'rejected',
    problem: { code: 'rejected', detail: `an approver said no: ${reason}` },
    actor: { kind: 'person', id: vote.person },
    now,
  });
  return { ...change, writes: [...change.writes, closing.write], events: [...change.events, closing.event] };
}

function replace(row: ApprovalRow): Write {
  const ifStatus = priorsOf(approvalStatuses, row.status);
  return { kind: 'replace', row, ifVersion: row.version - 1, ifStatus };
}

function votedEvent(row: ApprovalRow, vote: Vote, now: Date): AuditEvent {
  const type = eventTypes[row.status as keyof typeof eventTypes];
  const { decision, reason, channel, assurance, seenAt } = vote;
  const data = { decision, reason, channel, assurance, seenAt, votes: row.votes.length };
  return approvalEvent(row, type, { actor: { kind: 'person', id: vote.person }, now, data });
}
