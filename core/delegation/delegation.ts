import * as z from 'zod';
import type { AgentRow, GateRow } from '../agent/agent.ts';
import { agentId, type AgentId, delegationId, toolName } from '../id.ts';
import { rowBase } from '../row.ts';

/** Agents that may lend to one acting agent, one after another: with it a chain has at most three. */
export const MOST_LENDERS = 2;

/** Seconds a delegation may live. */
export const DELEGATION_MAX_SECONDS = 3600;

/** What an agent lends: to whom, for what and how long. Without `tools` nothing is narrowed. */
export const delegationBody = z.strictObject({
  to: agentId,
  tools: z.array(toolName).min(1).max(50).optional(),
  /** Why, in the lender's words. */
  purpose: z.string().trim().min(1).max(1000),
  expiresSeconds: z.int().min(60).max(DELEGATION_MAX_SECONDS),
});
export type DelegationBody = z.infer<typeof delegationBody>;

export const delegationRow = z.object({
  ...rowBase,
  id: delegationId,
  /** The agents that lent, the first first; the last made this one. */
  chain: z.array(agentId).min(1).max(MOST_LENDERS),
  to: agentId,
  /** The last lender's unit. */
  unit: z.string(),
  tools: z.array(toolName).optional(),
  purpose: z.string(),
  /** The delegation its maker leaned on: when that one ends, so does this. */
  above: z.array(delegationId).max(MOST_LENDERS - 1),
  /** By which token: when that one is revoked, so is this. */
  madeBy: z.object({ kid: z.string(), issuedAt: z.iso.datetime() }),
  madeAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  requestDigest: z.string(),
  /** Seconds since 1970 at which the table may forget it. */
  ttl: z.int(),
});
export type DelegationRow = z.infer<typeof delegationRow>;

export const delegationKey = (id: string) => ({ pk: `DELEGATION#${id}`, sk: 'DELEGATION' });

/** A delegation with the one above it; what is not there is `undefined`. */
export type Lending = {
  readonly delegation: DelegationRow | undefined;
  readonly above: readonly (DelegationRow | undefined)[];
  /** Whether a token by which it was made is known to be good no more. */
  readonly disowned?: boolean;
};

/** A delegation as the door leans on it: with everyone who lent, as they are now. */
export type Lent = Lending & {
  readonly links: readonly { readonly agent: AgentRow; readonly gate: GateRow }[];
};

export type NotLent = {
  readonly code: 'delegation-unknown' | 'delegation-revoked' | 'delegation-expired';
  readonly detail: string;
};

/** Why an agent may not lean on a delegation now; `undefined` when it may. Another's is not even told of. */
export function whyNotLent(
  { delegation, above, disowned = false }: Lending,
  borrower: AgentId,
  now: Date,
): NotLent | undefined {
  if (delegation?.to !== borrower) {
    return { code: 'delegation-unknown', detail: 'there is no such delegation to this agent' };
  }
  const all = [delegation, ...above];
  if (disowned || all.some((each) => each === undefined || each.revokedAt !== undefined)) {
    return {
      code: 'delegation-revoked',
      detail: 'the delegation was revoked: act without it, or ask for a new one',
    };
  }
  if (all.some((each) => now.getTime() >= Date.parse(each?.expiresAt ?? ''))) {
    return {
      code: 'delegation-expired',
      detail: 'the delegation is over: act without it, or ask for a new one',
    };
  }
  return undefined;
}
