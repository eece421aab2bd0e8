import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApprovalRow } from '../../core/approval/approval.ts';

/** What a form is for; the nonce of one is worth nothing in another. */
export type Purpose = 'decide' | 'ask' | 'delegate' | 'stop';

type Shown = Pick<ApprovalRow, 'id' | 'digest'>;

/** What only a GET of this very link gives: bound to the link's secret, to the form and to the action shown. */
export function nonceOf(secret: string, purpose: Purpose, approval: Shown): string {
  const shown = `${purpose}\n${approval.id}\n${approval.digest}`;
  return createHmac('sha256', secret).update(shown).digest('base64url');
}

export function isNonce(
  given: string,
  { secret, purpose, approval }: { secret: string; purpose: Purpose; approval: Shown },
): boolean {
  const expected = Buffer.from(nonceOf(secret, purpose, approval));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
