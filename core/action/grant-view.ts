import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const limitView = z.object({
  equals: scalar.optional(),
  oneOf: z.array(scalar).optional(),
  max: z.string().optional(),
});
export type LimitView = z.infer<typeof limitView>;

export const askedGrant = z.object({ action: z.string(), approval: z.string(), expiresAt: z.string() });
export type AskedGrant = z.infer<typeof askedGrant>;

const revocation = z.looseObject({ at: z.string(), reason: z.string() });
export const revokeGrantBody = z.strictObject({ reason: z.string().trim().min(1).max(500) });
export const revokedGrant = z.object({ id: z.string(), revoked: revocation });

/** The standing grants that were made, with what is used of them; `void`: the guard or the tool changed since. */
export const viewedGrants = z.object({
  grants: z.array(
    z.object({
      id: z.string(),
      agent: z.string(),
      unit: z.string(),
      tool: z.string(),
      guard: z.string(),
      title: z.string(),
      limits: z.record(z.string(), limitView),
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
      revoked: revocation.optional(),
      state: z.enum(['live', 'revoked', 'over', 'used-up', 'void']),
    }),
  ),
});
export type GrantView = z.infer<typeof viewedGrants>['grants'][number];
