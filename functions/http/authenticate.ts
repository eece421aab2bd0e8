import { errors, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';
import type { AgentRow } from '../../core/agent/agent.ts';
import { agentId, type AgentId, delegationId, type DelegationId } from '../../core/id.ts';
import { checkToken, epochRow, type TokenUse } from '../../core/identity/check-token.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../core/identity/verify-assertion.ts';
import { parseRow } from '../../core/row.ts';
import type { StoredRow } from '../aws/registry.ts';
import type { TokenKey } from '../aws/token-key.ts';
import { ProblemError } from './problem.ts';

/** The agent a token was issued to: nothing is revoked yet until `requireStanding` has seen the rows of now. */
export type Claimant = {
  readonly claimedAgent: AgentId;
  /** The delegation the token was issued for: what the agent asks leans on it. */
  readonly delegation?: DelegationId | undefined;
  /** By which key or role, and when. */
  readonly use: TokenUse;
  /** Ends the request with 401 when the agent is unknown, or the token or its key was revoked meanwhile. */
  readonly requireStanding: (rows: {
    readonly agent: AgentRow | undefined;
    readonly epoch: StoredRow | undefined;
  }) => Promise<void>;
};

/** Tells from the Authorization header which agent calls; throws a 401 `ProblemError`. Use it through `callerOf`. */
export type Authenticate = (authorization: string | undefined) => Promise<Claimant>;

type Options = {
  readonly key: Pick<TokenKey, 'publicKey'>;
  readonly issuer: string;
  readonly now: () => Date;
  readonly refused: () => Promise<void>;
};

/**
 * Verifies our own access tokens: EdDSA by the token key alone, issuer and audience this API, type `at+jwt`.
 * `refused` is told of every refusal, so that they can be counted.
 */
export function createAuthenticate(options: Options): Authenticate {
  return async (authorization) => {
    const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '') ?? [];
    if (!token)
      return refuse(options, 'no-token', 'send Authorization: Bearer with a token from /oauth/token');
    const { agent, use, delegation } = await verify(options, token);
    return {
      claimedAgent: agent,
      delegation,
      use,
      requireStanding: async ({ agent, epoch }) => {
        if (!agent) return refuse(options, 'unknown-agent', 'register the agent first');
        const facts = { agent, epoch: epoch && parseRow(epochRow, epoch) };
        const revoked = checkToken(facts, use, options.now());
        if (revoked) await refuse(options, revoked.refused, `get a new token: ${revoked.detail}`);
      },
    };
  };
}

async function verify(options: Options, token: string) {
  try {
    const { payload } = await jwtVerify(token, await options.key.publicKey(), {
      algorithms: ['EdDSA'],
      typ: 'at+jwt',
      issuer: options.issuer,
      audience: options.issuer,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: options.now(),
      requiredClaims: ['exp', 'iat', 'sub', 'jti', 'kid'],
    });
    return readClaims(payload);
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return refuse(options, 'bad-token', `get a new token from /oauth/token: ${error.code}`);
  }
}

const claims = z.object({
  sub: agentId,
  kid: z.string().min(1),
  iat: z.int(),
  dlg: delegationId.optional(),
});

/** Claims under our own signature: a misfit is a fault of ours. */
function readClaims(payload: JWTPayload) {
  const { sub, kid, iat, dlg } = claims.parse(payload);
  return { agent: sub, delegation: dlg, use: { kid, issuedAt: new Date(iat * 1000) } satisfies TokenUse };
}

async function refuse(
  { refused }: { readonly refused: () => Promise<void> },
  code: string,
  detail: string,
): Promise<never> {
  await refused();
  throw new ProblemError({ status: 401, code, detail, headers: { 'www-authenticate': 'Bearer' } });
}
