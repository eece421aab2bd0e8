import { errors, jwtVerify } from 'jose';
import { agentId, type AgentId } from '../../core/id.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../core/identity/verify-assertion.ts';
import type { TokenKey } from '../aws/token-key.ts';
import { ProblemError } from './problem.ts';

/** Tells from the Authorization header which agent calls; throws a 401 `ProblemError`. */
export type Authenticate = (authorization: string | undefined) => Promise<{ readonly agent: AgentId }>;

/**
 * Verifies our own access tokens: EdDSA by the token key alone, issuer and audience this API, type `at+jwt`.
 * `refused` is told of every refusal, so that they can be counted.
 */
export function createAuthenticate(options: {
  readonly key: Pick<TokenKey, 'publicKey'>;
  readonly issuer: string;
  readonly now: () => Date;
  readonly refused: () => Promise<void>;
}): Authenticate {
  return async (authorization) => {
    const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '') ?? [];
    if (!token)
      return refuse(options, 'no-token', 'send Authorization: Bearer with a token from /oauth/token');
    try {
      const { payload } = await jwtVerify(token, await options.key.publicKey(), {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer: options.issuer,
        audience: options.issuer,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: options.now(),
        requiredClaims: ['exp', 'sub', 'jti'],
      });
      return { agent: agentId.parse(payload.sub) };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      return refuse(options, 'bad-token', `get a new token from /oauth/token: ${error.code}`);
    }
  };
}

async function refuse(
  { refused }: { readonly refused: () => Promise<void> },
  code: string,
  detail: string,
): Promise<never> {
  await refused();
  throw new ProblemError({ status: 401, code, detail, headers: { 'www-authenticate': 'Bearer' } });
}
