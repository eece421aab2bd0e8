import type * as z from 'zod';
import { delegationRow } from './delegation.ts';

/** A delegation as those who stand in it see it: `chain` is who lent, first lender first; without `tools` nothing is narrowed. */
export const viewedDelegation = delegationRow.pick({
  id: true,
  chain: true,
  to: true,
  tools: true,
  purpose: true,
  expiresAt: true,
  revokedAt: true,
});
export type DelegationView = z.infer<typeof viewedDelegation>;
