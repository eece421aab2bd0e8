import type * as z from 'zod';
import {
  type AskedGrant,
  askedGrant,
  type GrantView,
  type LimitView,
  revokedGrant,
  viewedGrants,
} from '../../core/action/grant-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { AskedGrant, GrantView };

/** What is asked for: `limits` by field of the tool's input, `until` an ISO time at most 90 days ahead. */
export type GrantRequest = {
  readonly guard: string;
  readonly agent: string;
  readonly tool: string;
  readonly limits: Readonly<Record<string, LimitView>>;
  readonly count: number;
  /** A decimal, `20000.00`, and the one currency it is good for. */
  readonly money?: { readonly total: string; readonly currency: string } | undefined;
  readonly until: string;
  readonly reason: string;
};

export type GrantAdmin = {
  /** The standing grants that were made, with what is used of them. */
  grants(): Promise<readonly GrantView[]>;
  /** Asks those who may lift the guard; nothing is granted until they agree. */
  requestGrant(request: GrantRequest): Promise<AskedGrant>;
  /** Ends a grant at once and for good. */
  revokeGrant(id: string, reason: string): Promise<z.infer<typeof revokedGrant>>;
};

export const grantAdmin = (call: SignedCall): GrantAdmin => ({
  grants: async () => viewedGrants.parse(await call('GET', '/v1/grants')).grants,
  requestGrant: async (body) => askedGrant.parse(await call('POST', '/v1/grants', { body })),
  revokeGrant: async (id, reason) =>
    revokedGrant.parse(
      await call('POST', `/v1/grants/${encodeURIComponent(id)}/revoke`, { body: { reason } }),
    ),
});
