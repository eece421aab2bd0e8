import * as z from 'zod';
import { type AgentRow, kidOfRole, type PublicKey } from '../agent/agent.ts';
import type { Refusal } from '../change.ts';
import { rowBase } from '../row.ts';

/** What a token says of itself; true once its signature holds. */
export type TokenUse = {
  /** The key whose assertion it was issued for, or `role:` and the IAM role whose signature it was. */
  readonly kid: string;
  readonly issuedAt: Date;
};

/** The epoch of all tokens: those issued before are good for nothing. There is no row until someone sets it. */
export const epochRow = z.object({ ...rowBase, notBefore: z.iso.datetime() });
export type EpochRow = z.infer<typeof epochRow>;
export const epochKey = { pk: 'TOKENS', sk: 'EPOCH' } as const;

/**
 * Whether a token with a good signature is still good: not issued before its agent's or everybody's epoch, and by a
 * key or role that is registered, not revoked and not over. Time has whole seconds in a token, so one issued in the very
 * second of an epoch is refused too.
 */
export function checkToken(
  { agent, epoch }: { readonly agent: AgentRow; readonly epoch: EpochRow | undefined },
  { kid, issuedAt }: TokenUse,
  now: Date,
): Refusal<'token-revoked'> | undefined {
  const epochs = [agent.tokensNotBefore, epoch?.notBefore].filter((each) => each !== undefined);
  if (epochs.some((each) => issuedAt.getTime() < Date.parse(each)))
    return refuse('tokens of its time were revoked');
  const unfit = kid.startsWith(kidOfRole('')) ? unfitRole(agent, kid) : unfitKey(agent, kid, now);
  return unfit === undefined ? undefined : refuse(unfit);
}

/** Why a key may sign nothing now; `undefined` when it may. A revoked one stays revoked, whatever manifests list. */
export function unfitKey(
  {
    keys,
    revokedKeys,
  }: { readonly keys: readonly PublicKey[]; readonly revokedKeys: AgentRow['revokedKeys'] },
  kid: string | undefined,
  now: Date,
): string | undefined {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (!key || kid === undefined) return 'it is by no key registered for this agent';
  if (revokedKeys.some((revoked) => revoked.kid === kid)) return `key ${kid} was revoked: use another`;
  if (key.notAfter !== undefined && now.getTime() >= Date.parse(key.notAfter)) {
    return `key ${kid} ended at ${key.notAfter}: use the key that took its place`;
  }
  return undefined;
}

/** Why a role is not the agent (any more); `undefined` when it is. Only the row of now says which roles are. */
export function unfitRole(
  { workloads, revokedKeys }: Pick<AgentRow, 'workloads' | 'revokedKeys'>,
  kid: string,
): string | undefined {
  if (!workloads.some((role) => kidOfRole(role) === kid)) return 'it is by no role registered for this agent';
  return revokedKeys.some((revoked) => revoked.kid === kid) ? `${kid} was revoked: use another` : undefined;
}

const refuse = (detail: string): Refusal<'token-revoked'> => ({ refused: 'token-revoked', detail });
