import * as z from 'zod';
import { actionId, agentId, approvalId } from '../id.ts';
import { guard } from '../policy/decision.ts';
import { openIndex, rowBase } from '../row.ts';
import type { StatusTable } from '../status.ts';

/** The life of one request for human decision; each end stays distinct. */
export const approvalStatuses = {
  pending: ['pending', 'approved', 'denied', 'expired', 'withdrawn'],
  approved: [],
  denied: [],
  expired: [],
  withdrawn: [],
} as const satisfies StatusTable<string>;
export type ApprovalStatus = keyof typeof approvalStatuses;

export const vote = z.object({
  person: z.string(),
  decision: z.enum(['approve', 'deny']),
  reason: z.string().optional(),
  at: z.iso.datetime(),
});
export type Vote = z.infer<typeof vote>;

export const approvalRow = z.object({
  ...rowBase,
  ...openIndex,
  id: approvalId,
  action: actionId,
  agent: agentId,
  unit: z.string(),
  tool: z.string(),
  guards: z.array(guard).min(1),
  /** The action's digest: a link, a vote and the execution are bound to it. */
  digest: z.string(),
  status: z.enum(['pending', 'approved', 'denied', 'expired', 'withdrawn']),
  openedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  votes: z.array(vote),
});
export type ApprovalRow = z.infer<typeof approvalRow>;

/** A one-time link: stored under the SHA-256 of its 256-bit secret, bound to person, approval and digest. */
export const linkRow = z.object({
  pk: z.string(),
  sk: z.literal('LINK'),
  v: z.literal(1),
  approval: approvalId,
  action: actionId,
  person: z.string(),
  digest: z.string(),
  /** Epoch seconds; DynamoDB's TTL removes the row some time after. */
  ttl: z.int(),
});
export type LinkRow = z.infer<typeof linkRow>;

export const approvalKey = (id: string) => ({ pk: `APPROVAL#${id}`, sk: 'APPROVAL' });
export const linkKey = (secretHash: string) => ({ pk: `LINK#${secretHash}`, sk: 'LINK' });
