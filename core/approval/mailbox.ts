import * as z from 'zod';
import { severityOf } from '../policy/decision.ts';
import { openIndex } from '../row.ts';
import type { ApprovalRow } from './approval.ts';
import { roundsOf } from './request-approval.ts';

/** Whoever is told by a digest waits for it at most so long, twice over with the schedule's own beat. */
export const DIGEST_SECONDS = 15 * 60;

/** What must be decided sooner than this is never left to a digest. */
const URGENT_SECONDS = 2 * DIGEST_SECONDS;

/**
 * How many approval mails a person got in this clock hour, and whether a digest is owed. It has no history: a count of
 * mails changes nobody's rights.
 */
export const mailboxRow = z.object({
  pk: z.string(),
  sk: z.literal('MAILBOX'),
  v: z.literal(1),
  ...openIndex,
  person: z.string(),
  /** The hour that `sent` counts, as the beginning of an ISO time: `2026-11-23T10`. */
  hour: z.string(),
  sent: z.int().min(0),
  digestedAt: z.iso.datetime().optional(),
});
export type MailboxRow = z.infer<typeof mailboxRow>;

export const mailboxKey = (person: string) => ({ pk: `MAILBOX#${person}`, sk: 'MAILBOX' });

/** Whether a digest is owed and the last one is long enough ago. */
export const isDigestDue = ({ openKind, digestedAt }: MailboxRow, now: Date): boolean =>
  openKind === 'DIGEST' && now.getTime() - Date.parse(digestedAt ?? '1970-01-01') >= DIGEST_SECONDS * 1000;

/** Whether a digest may tell of it: nothing critical, and nothing whose next deadline comes soon. */
export function mayWait(approval: ApprovalRow, deadline: number, now: Date): boolean {
  const opened = Date.parse(approval.openedAt);
  const next = roundsOf(approval)[deadline + 1];
  const until = next ? opened + next.afterSeconds * 1000 : Date.parse(approval.expiresAt);
  return severityOf(approval.guards) !== 'critical' && until - now.getTime() > URGENT_SECONDS * 1000;
}
