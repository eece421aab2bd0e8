import * as z from 'zod';
import type { Call } from './call.ts';
import { errorOf } from './send.ts';

const delegation = z.object({
  id: z.string(),
  /** The agents that lent, first lender first; the last made this one. */
  chain: z.array(z.string()),
  to: z.string(),
  /** What it is for; absent when nothing is narrowed. */
  tools: z.array(z.string()).optional(),
  purpose: z.string(),
  expiresAt: z.string(),
  revokedAt: z.string().optional(),
});
export type DelegationView = z.infer<typeof delegation>;

/** What an agent lends to another: its say, for these tools alone where it names some, for a minute to an hour. */
export type DelegateRequest = {
  readonly to: string;
  readonly tools?: readonly string[];
  /** Why, in the lender's words. */
  readonly purpose: string;
  readonly expiresSeconds: number;
  /** The same key gives the same delegation. @default a new one for each call */
  readonly idempotencyKey?: string;
};

export async function delegate(
  call: Call,
  { idempotencyKey = crypto.randomUUID(), ...body }: DelegateRequest,
): Promise<DelegationView> {
  return read(
    await call('POST', '/v1/delegations', { body, headers: { 'idempotency-key': idempotencyKey } }),
  );
}

export async function revokeDelegation(call: Call, id: string): Promise<DelegationView> {
  return read(await call('POST', `/v1/delegations/${encodeURIComponent(id)}/revoke`));
}

async function read(response: Response): Promise<DelegationView> {
  if (!response.ok) throw await errorOf(response);
  return delegation.parse(await response.json());
}
