import type { Change, Refusal } from '../change.ts';
import { approvalEvent, type ApprovalRow } from './approval.ts';

/** Whether anyone who was asked has, for all we know, got it, or already decided. */
export function isReached({ asked = {}, votes }: ApprovalRow): boolean {
  return votes.length > 0 || Object.values(asked).some(({ unreached }) => !unreached);
}

export type Bounce = {
  readonly people: readonly string[];
  /** What the mail system said: `not-taken`, `bounce`, `complaint`, `reject`. */
  readonly why: string;
};

/** Remembers that mails did not arrive, so that it shows, and so that the next are asked when nobody is left. */
export function noteBounce(
  approval: ApprovalRow,
  { people, why }: Bounce,
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending' | 'known'> {
  if (approval.status !== 'pending') return { refused: 'not-pending', detail: `it is ${approval.status}` };
  const { asked = {} } = approval;
  const news = people.filter((person) => asked[person] && !asked[person].unreached);
  if (news.length === 0) return { refused: 'known', detail: 'nothing new came back' };
  const marked = news.flatMap((person) => {
    const before = asked[person];
    return before ? [[person, { ...before, unreached: true as const }] as const] : [];
  });
  const row: ApprovalRow = {
    ...approval,
    version: approval.version + 1,
    asked: { ...asked, ...Object.fromEntries(marked) },
  };
  const actor = { kind: 'system', id: 'mail' } as const;
  return {
    writes: [{ kind: 'replace', row, ifVersion: approval.version, ifStatus: ['pending'] }],
    events: [approvalEvent(row, 'approval.bounced', { actor, now, data: { people: news, why } })],
    result: row,
  };
}
