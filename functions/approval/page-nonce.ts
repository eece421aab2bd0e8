import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApprovalRow } from '../../core/approval/approval.ts';

/** What only a GET of this very link gives: bound to the link's secret and to the action shown. */
export function nonceOf(secret: string, approval: Pick<ApprovalRow, 'id' | 'digest' | 'round'>): string {
  const shown = `decide\n${approval.id}\n${approval.digest}\n${approval.round}`;
  return createHmac('sha256', secret).update(shown).digest('base64url');
}

export function isNonce(
  given: string,
  secret: string,
  approval: Pick<ApprovalRow, 'id' | 'digest' | 'round'>,
): boolean {
  const expected = Buffer.from(nonceOf(secret, approval));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
