import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApprovalRow } from '../../core/approval/approval.ts';

/** What a form is for; the nonce of one is worth nothing in another. */
export type Purpose = 'decide' | 'ask' | 'delegate' | 'stop';

/** The link's secret, the form, and the action shown: what a nonce is bound to. */
export type Shown = {
  readonly secret: string;
  readonly purpose: Purpose;
  readonly approval: Pick<ApprovalRow, 'id' | 'digest'>;
};

/** What only a GET of this very link gives; it tells since when the form's sender has had the page before them. */
export function nonceOf({ secret, purpose, approval }: Shown, seenAt: Date): string {
  const moment = seenAt.getTime().toString(36);
  const shown = `${purpose}\n${approval.id}\n${approval.digest}\n${moment}`;
  return `${moment}.${createHmac('sha256', secret).update(shown).digest('base64url')}`;
}

/** When the page was shown whose form brings this nonce; `undefined` for a nonce that no page of ours gave. */
export function seenAtOf(given: string, shown: Shown, now: Date): Date | undefined {
  const moment = Number.parseInt(given.split('.')[0] ?? '', 36);
  const expected = Buffer.from(nonceOf(shown, new Date(moment)));
  const actual = Buffer.from(given);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
  return new Date(Math.min(moment, now.getTime()));
}
