import { errors, importJWK, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';
import type { AgentRow, PublicKey } from '../agent/agent.ts';
import type { Refusal } from '../change.ts';
import { unfitKey } from './check-token.ts';

/** Seconds two clocks may differ. */
export const CLOCK_TOLERANCE_SECONDS = 60;
/** Seconds an assertion may live at most. */
export const ASSERTION_MAX_SECONDS = 300;

const header = z.object({ alg: z.string(), kid: z.string().min(1).max(200).optional() });
const claims = z.object({
  iss: z.string(),
  sub: z.string(),
  jti: z.string().min(8).max(200),
  exp: z.int(),
  iat: z.int().optional(),
});

export type Assertion = { readonly jti: string; readonly expiresAt: Date; readonly kid: string };

/** The client a signed assertion claims to be, unverified: good for finding its keys and for nothing else. */
export function claimedClient(assertion: string): string | undefined {
  const [, payload = ''] = assertion.split('.');
  try {
    return z
      .object({ sub: z.string().max(100) })
      .parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).sub;
  } catch {
    return undefined;
  }
}

/**
 * Verifies a `private_key_jwt` client assertion (RFC 7523) against the agent's registered keys. The key decides
 * the algorithm, never the header; `jku`, `x5u` and `jwk` headers have no reader. Refuses with `invalid-client`.
 */
export async function verifyAssertion(
  assertion: string,
  expected: {
    readonly client: string;
    readonly keys: readonly PublicKey[];
    readonly revokedKeys: AgentRow['revokedKeys'];
    readonly audiences: readonly string[];
  },
  now: Date,
): Promise<Assertion | Refusal<'invalid-client'>> {
  const kid = keyIdOf(assertion, expected.keys);
  const unfit = unfitKey(expected, kid, now);
  const key = expected.keys.find((candidate) => candidate.kid === kid);
  if (!key || unfit !== undefined) return invalid(`the assertion is refused: ${unfit ?? ''}`);
  try {
    const { payload } = await jwtVerify(assertion, await importJWK(key, algorithmOf(key)), {
      algorithms: [algorithmOf(key)],
      audience: [...expected.audiences],
      issuer: expected.client,
      subject: expected.client,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims: ['exp', 'jti'],
    });
    return checkLifetime(payload, key.kid, now);
  } catch (error) {
    if (error instanceof errors.JOSEError) return invalid(`the assertion does not verify: ${error.code}`);
    throw error;
  }
}

function checkLifetime(payload: JWTPayload, kid: string, now: Date): Assertion | Refusal<'invalid-client'> {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return invalid('the assertion needs iss, sub, exp and a jti of 8 to 200 characters');
  const secondsLeft = parsed.data.exp - now.getTime() / 1000;
  if (secondsLeft > ASSERTION_MAX_SECONDS + CLOCK_TOLERANCE_SECONDS) {
    return invalid(`the assertion lives longer than ${ASSERTION_MAX_SECONDS} seconds`);
  }
  return { jti: parsed.data.jti, expiresAt: new Date(parsed.data.exp * 1000), kid };
}

/** The key an assertion says it is by; one that says nothing is by the agent's only key, if it has just one. */
function keyIdOf(assertion: string, keys: readonly PublicKey[]): string | undefined {
  const [encoded = ''] = assertion.split('.');
  try {
    const { kid } = header.parse(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')));
    return kid ?? (keys.length === 1 ? keys[0]?.kid : undefined);
  } catch {
    return undefined;
  }
}

const algorithmOf = (key: PublicKey) => (key.kty === 'OKP' ? 'EdDSA' : 'ES256');

const invalid = (detail: string): Refusal<'invalid-client'> => ({ refused: 'invalid-client', detail });
