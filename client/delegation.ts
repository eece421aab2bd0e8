import { type DelegationView, viewedDelegation } from '../core/delegation/delegation-view.ts';
import type { Call } from './call.ts';
import { errorOf } from './send.ts';

export type { DelegationView };

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
  return viewedDelegation.parse(await response.json());
}
