import type { Change, Refusal, Write } from '../change.ts';
import { waiterKey } from '../waiter.ts';
import { approvalEvent, type ApprovalRow, linkKey } from './approval.ts';
import { type Electorate, eligiblePeople } from './count-votes.ts';

/** A link for one person, known by the hash of its secret. */
export type NewLink = { readonly person: string; readonly secretHash: string };

/** Who is to be asked about an approval now. */
export function peopleToAsk(approval: ApprovalRow, electorate: Electorate) {
  return eligiblePeople(
    electorate,
    approval.guards.flatMap((guard) => guard.requires),
  );
}

/**
 * Records that people are asked: their links, and the machine's task token that waits for the outcome. A new round
 * kills the links of the one before. Refused once the approval is decided.
 */
export function requestApproval(
  approval: ApprovalRow,
  request: { readonly token: string; readonly links: readonly NewLink[] },
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending'> {
  if (approval.status !== 'pending') return { refused: 'not-pending', detail: `it is ${approval.status}` };
  const row: ApprovalRow = { ...approval, version: approval.version + 1, round: approval.round + 1 };
  const ttl = Math.ceil(Date.parse(approval.expiresAt) / 1000) + 30 * 86_400;
  const links = request.links.map(({ person, secretHash }): Write => {
    const link = { approval: row.id, action: row.action, person, digest: row.digest, round: row.round, ttl };
    return { kind: 'put', row: { ...linkKey(secretHash), v: 1, ...link } };
  });
  const waiter = { ...waiterKey(row), v: 1 as const, token: request.token, storedAt: now.toISOString() };
  const actor = { kind: 'system', id: 'request-approval' } as const;
  const data = { round: row.round, asked: request.links.map(({ person }) => person) };
  return {
    writes: [
      { kind: 'replace', row, ifVersion: approval.version, ifStatus: ['pending'] },
      { kind: 'put', row: waiter },
      ...links,
    ],
    events: [approvalEvent(row, 'approval.requested', { actor, now, data })],
    result: row,
  };
}
