import { actingStages, type AgentRow, certificationEnded } from '../agent/agent.ts';
import { digest } from '../canonical-json.ts';
import type { Change, Refusal } from '../change.ts';
import { coveringSwitch, type Switches } from '../switch/switch.ts';
import { unfitKey } from './check-token.ts';
import { type Assertion, CLOCK_TOLERANCE_SECONDS } from './verify-assertion.ts';

/** Seconds an access token lives. Revocation does not wait for it: every decision reads the agent's gate. */
export const TOKEN_SECONDS = 600;

export type TokenClaims = {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly client_id: string;
  readonly jti: string;
  /** The agent's key it was asked for with: when that one is revoked, so is this. */
  readonly kid: string;
  readonly iat: number;
  readonly exp: number;
};

export const assertionKey = (agent: string, jti: string) => ({
  pk: `ASSERTION#${digest([agent, jti]).slice(0, 40)}`,
  sk: 'ASSERTION',
});

/**
 * Issues a token for a verified assertion. The assertion's row makes it good for one use; it is refused with
 * `invalid-client` when the agent is in no acting stage, a kill switch covers it, its
 * certification or its key ended, or the assertion was used before.
 */
export function issueToken(
  facts: { readonly agent: AgentRow; readonly assertionUsed: boolean; readonly switches: Switches },
  request: { readonly assertion: Assertion; readonly issuer: string },
  now: Date,
): Change<TokenClaims> | Refusal<'invalid-client'> {
  const { agent } = facts;
  if (facts.assertionUsed) return refuse('the assertion was used before: sign a new one with a new jti');
  if (!actingStages.some((stage) => stage === agent.stage)) {
    return refuse(`agent ${agent.id} is in stage ${agent.stage}; it must be in pilot or production`);
  }
  if (certificationEnded(agent, now)) {
    return refuse(
      `the certification of ${agent.id} ended on ${agent.recertifyBy ?? ''}: its sponsor sets it anew`,
    );
  }
  const unfit = unfitKey(agent, request.assertion.kid, now);
  if (unfit !== undefined) return refuse(`the assertion is refused: ${unfit}`);
  const { id, unit, roles } = agent;
  const stop = coveringSwitch(facts.switches, { agent: id, unit, roles });
  if (stop) return refuse(`a kill switch stops ${stop.scope}: ${stop.reason}`);
  const key = assertionKey(agent.id, request.assertion.jti);
  const ttl = Math.ceil(request.assertion.expiresAt.getTime() / 1000) + 2 * CLOCK_TOLERANCE_SECONDS;
  return {
    writes: [{ kind: 'create', row: { ...key, v: 1, version: 1, ttl } }],
    events: [
      {
        v: 1,
        subject: key.pk,
        version: 1,
        type: 'token.issued',
        at: now.toISOString(),
        actor: { kind: 'agent', id: agent.id },
        agent: agent.id,
        unit: agent.unit,
        data: { kid: request.assertion.kid, seconds: TOKEN_SECONDS },
      },
    ],
    result: claimsFor(agent, request, key.pk.slice('ASSERTION#'.length), now),
  };
}

function claimsFor(
  { id }: AgentRow,
  { issuer, assertion: { kid } }: { readonly issuer: string; readonly assertion: Assertion },
  jti: string,
  now: Date,
): TokenClaims {
  const iat = Math.floor(now.getTime() / 1000);
  return { iss: issuer, aud: issuer, sub: id, client_id: id, jti, kid, iat, exp: iat + TOKEN_SECONDS };
}

const refuse = (detail: string): Refusal<'invalid-client'> => ({ refused: 'invalid-client', detail });
