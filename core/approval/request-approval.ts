import type { Change, Refusal, Write } from '../change.ts';
import type { PersonRow } from '../governance/person.ts';
import { waiterKey } from '../waiter.ts';
import { approvalEvent, type ApprovalRow, linkKey } from './approval.ts';
import { type Electorate, eligiblePeople } from './count-votes.ts';
import { deadlinesOf, openSeats } from './ways.ts';

/** A link for one person, known by the hash of its secret. */
export type NewLink = { readonly person: string; readonly secretHash: string };

/** Links one transaction can hold beside the rows they belong to; whoever else may decide finds it in the inbox. */
const MOST_ASKED = 90;

/** The deadlines of an approval, the opening first: what a round of asking is for. */
export function roundsOf({ guards, openedAt, expiresAt }: ApprovalRow) {
  return deadlinesOf(guards, Math.ceil((Date.parse(expiresAt) - Date.parse(openedAt)) / 1000));
}

/**
 * Opens the rungs of a deadline that came before its time, because nobody asked before it can be reached; otherwise
 * the approval as it is.
 */
export function hastened(approval: ApprovalRow, deadline: number, now: Date): ApprovalRow {
  const { afterSeconds = 0 } = roundsOf(approval)[deadline] ?? {};
  const elapsed = (now.getTime() - Date.parse(approval.openedAt)) / 1000;
  return afterSeconds > elapsed ? { ...approval, hastenedSeconds: afterSeconds } : approval;
}

/**
 * Who is to be asked at a deadline: at the opening everyone, at an escalation who was not asked before, at a
 * reminder everyone who did not vote. Asking again for the same deadline (a step that is tried again) asks the same.
 */
export function peopleToAsk(
  approval: ApprovalRow,
  electorate: Electorate,
  { deadline, now }: { readonly deadline: number; readonly now: Date },
): readonly PersonRow[] {
  const reminds = roundsOf(approval)[deadline]?.what === 'remind';
  const voted = new Set(approval.votes.map(({ person }) => person));
  const asked = (id: string) => approval.asked?.[id]?.deadline ?? deadline;
  const may = eligiblePeople(electorate, openSeats(approval.guards, approval, now));
  const due = may.filter(({ id }) => !voted.has(id) && (reminds || asked(id) >= deadline));
  return due.slice(0, MOST_ASKED);
}

export type Asking = {
  readonly token: string;
  readonly deadline: number;
  readonly links: readonly NewLink[];
  /** People whom their next digest tells of it. @default nobody */
  readonly digested?: readonly string[];
};

/**
 * Records that people are asked: their links, and the machine's task token that waits for the outcome. A person's
 * new link ends that person's earlier ones; who is told by a digest gets none and keeps the one before. Refused once
 * the approval is decided.
 */
export function requestApproval(
  approval: ApprovalRow,
  { token, deadline, links, digested = [] }: Asking,
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending'> {
  if (approval.status !== 'pending') return { refused: 'not-pending', detail: `it is ${approval.status}` };
  const round = approval.round + 1;
  const mailed = links.map(({ person }) => [person, { round, deadline }] as const);
  const told = digested.map((person) => {
    const before = approval.asked?.[person]?.round ?? round;
    return [person, { round: before, deadline, digest: true as const }] as const;
  });
  const asked = Object.fromEntries([...mailed, ...told]);
  const row: ApprovalRow = {
    ...approval,
    version: approval.version + 1,
    round,
    asked: { ...approval.asked, ...asked },
  };
  const waiter = { ...waiterKey(row), v: 1 as const, token, storedAt: now.toISOString() };
  const actor = { kind: 'system', id: 'request-approval' } as const;
  const what = roundsOf(approval)[deadline]?.what ?? 'open';
  const people = [...links.map(({ person }) => person), ...digested];
  const data = { round, what, asked: people, ...(digested.length > 0 && { digested }) };
  return {
    writes: [
      { kind: 'replace', row, ifVersion: approval.version, ifStatus: ['pending'] },
      { kind: 'put', row: waiter },
      ...links.map((link) => newLink(row, link)),
    ],
    events: [approvalEvent(row, 'approval.requested', { actor, now, data })],
    result: row,
  };
}

function newLink(row: ApprovalRow, { person, secretHash }: NewLink): Write {
  const ttl = Math.ceil(Date.parse(row.expiresAt) / 1000) + 30 * 86_400;
  const link = { approval: row.id, action: row.action, person, digest: row.digest, round: row.round, ttl };
  return { kind: 'put', row: { ...linkKey(secretHash), v: 1, ...link } };
}
