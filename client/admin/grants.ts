import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const limit = z.object({
  equals: scalar.optional(),
  oneOf: z.array(scalar).optional(),
  max: z.string().optional(),
});

/** What is asked for: `limits` by field of the tool's input, `until` an ISO time at most 90 days ahead. */
export type GrantRequest = {
  readonly guard: string;
  readonly agent: string;
  readonly tool: string;
  readonly limits: Readonly<Record<string, z.infer<typeof limit>>>;
  readonly count: number;
  /** A decimal, `20000.00`, and the one currency it is good for. */
  readonly money?: { readonly total: string; readonly currency: string } | undefined;
  readonly until: string;
  readonly reason: string;
};

const askedGrant = z.object({ action: z.string(), approval: z.string(), expiresAt: z.string() });
export type AskedGrant = z.infer<typeof askedGrant>;

const revokedView = z.object({ at: z.string(), reason: z.string() });
const grantView = z.object({
  id: z.string(),
  agent: z.string(),
  unit: z.string(),
  tool: z.string(),
  guard: z.string(),
  title: z.string(),
  limits: z.record(z.string(), limit),
  count: z.int(),
  used: z.int(),
  money: z.object({ total: z.string(), currency: z.string(), spent: z.string() }).optional(),
  until: z.string(),
  reason: z.string(),
  requestedBy: z.string(),
  approvedBy: z.array(z.string()),
  madeAt: z.string(),
  action: z.string(),
  approval: z.string(),
  revoked: revokedView.optional(),
  /** `void`: the guard or the tool changed since. */
  state: z.enum(['live', 'revoked', 'over', 'used-up', 'void']),
});
export type GrantView = z.infer<typeof grantView>;

const revokedGrant = z.object({ id: z.string(), revoked: revokedView });

export type GrantAdmin = {
  /** The standing grants that were made, with what is used of them. */
  grants(): Promise<readonly GrantView[]>;
  /** Asks those who may lift the guard; nothing is granted until they agree. */
  requestGrant(request: GrantRequest): Promise<AskedGrant>;
  /** Ends a grant at once and for good. */
  revokeGrant(id: string, reason: string): Promise<z.infer<typeof revokedGrant>>;
};

export const grantAdmin = (call: SignedCall): GrantAdmin => ({
  grants: async () => z.object({ grants: z.array(grantView) }).parse(await call('GET', '/v1/grants')).grants,
  requestGrant: async (body) => askedGrant.parse(await call('POST', '/v1/grants', { body })),
  revokeGrant: async (id, reason) =>
    revokedGrant.parse(
      await call('POST', `/v1/grants/${encodeURIComponent(id)}/revoke`, { body: { reason } }),
    ),
});
