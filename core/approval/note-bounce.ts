import type { Change, Refusal } from '../change.ts';
import { approvalEvent, type ApprovalRow } from './approval.ts';

export type Bounce = {
  readonly people: readonly string[];
  /** What the mail system said: `not-taken`, `bounce`, `complaint`, `reject`, `rendering-failure`. */
  readonly why: string;
  /** Which round's mail it was; one of an earlier round than the person's newest says nothing of the newest. */
  readonly round?: number | undefined;
};

/** Remembers that mails did not arrive, so that it shows, and so that the next are asked when nobody is left. */
export function noteBounce(
  approval: ApprovalRow,
  { people, why, round }: Bounce,
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending' | 'known'> {
  if (approval.status !== 'pending') return { refused: 'not-pending', detail: `it is ${approval.status}` };
  const { asked = {} } = approval;
  const news = people.filter((person) => {
    const newest = asked[person];
    return newest && !newest.unreached && (round === undefined || newest.round === round);
  });
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
