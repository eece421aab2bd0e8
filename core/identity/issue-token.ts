import { actingStages, type AgentRow, certificationEnded, kidOfRole } from '../agent/agent.ts';
import { digest } from '../canonical-json.ts';
import type { Change, Refusal } from '../change.ts';
import { type Lending, whyNotLent } from '../delegation/delegation.ts';
import type { DelegationId } from '../id.ts';
import type { Row } from '../row.ts';
import { coveringSwitch, type Switches } from '../switch/switch.ts';
import { unfitKey, unfitRole } from './check-token.ts';
import { type Assertion, CLOCK_TOLERANCE_SECONDS } from './verify-assertion.ts';

/** Seconds an access token lives. Revocation does not wait for it: every decision reads the agent's gate. */
export const TOKEN_SECONDS = 600;

export type TokenClaims = {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly client_id: string;
  readonly jti: string;
  /** The agent's key, or its IAM role, it was asked for with: when that one is revoked, so is this. */
  readonly kid: string;
  /** The delegation it leans on; the agent that acts is still `sub`. */
  readonly dlg?: DelegationId;
  readonly iat: number;
  readonly exp: number;
};

export const assertionKey = (agent: string, jti: string) => ({
  pk: `ASSERTION#${digest([agent, jti]).slice(0, 40)}`,
  sk: 'ASSERTION',
});

/** Good for one subject: the event of a token that no assertion was used up for. */
export const tokenKey = (jti: string) => ({ pk: `TOKEN#${jti}`, sk: 'TOKEN' });

type Facts = {
  readonly agent: AgentRow;
  readonly switches: Switches;
  /** The delegation the token is asked for; absent when the agent acts by itself. */
  readonly lent?: Lending | undefined;
};
type Issued = Change<TokenClaims> | Refusal<'invalid-client' | 'invalid-grant'>;

/**
 * Issues a token for a verified assertion. The assertion's row makes it good for one use; it is refused with
 * `invalid-client` when the agent is in no acting stage, a kill switch covers it, its
 * certification or its key ended, or the assertion was used before.
 */
export function issueToken(
  facts: Facts & { readonly assertionUsed: boolean },
  { assertion, issuer }: { readonly assertion: Assertion; readonly issuer: string },
  now: Date,
): Issued {
  const { agent } = facts;
  if (facts.assertionUsed) return refuse('the assertion was used before: sign a new one with a new jti');
  const { kid, jti, expiresAt } = assertion;
  const unfit = unfitKey(agent, kid, now);
  const obstacle = obstacleOf(facts, now) ?? (unfit && `the assertion is refused: ${unfit}`);
  if (obstacle !== undefined) return refuse(obstacle);
  const ended = notLent(facts, now);
  if (ended) return ended;
  const key = assertionKey(agent.id, jti);
  const ttl = Math.ceil(expiresAt.getTime() / 1000) + 2 * CLOCK_TOLERANCE_SECONDS;
  const { lent } = facts;
  const claims = claimsFor(agent, { issuer, kid, jti: key.pk.slice('ASSERTION#'.length), lent }, now);
  return issued(agent, { ...key, v: 1, version: 1, ttl }, claims, now);
}

/**
 * Issues a token for a request that an IAM role signed. The same obstacles hold as for a key; that the role is this
 * agent's is said by the agent's row of now alone, and who is not it learns nothing about the agent.
 */
export function issueWorkloadToken(
  facts: Omit<Facts, 'agent'> & { readonly agent: AgentRow | undefined },
  request: { readonly role: string; readonly issuer: string; readonly jti: string },
  now: Date,
): Issued {
  const { agent } = facts;
  const kid = kidOfRole(request.role);
  if (!agent || unfitRole(agent, kid) !== undefined) return notThisWorkload;
  const obstacle = obstacleOf({ ...facts, agent }, now);
  if (obstacle !== undefined) return refuse(obstacle);
  const { lent } = facts;
  const ended = notLent({ agent, lent }, now);
  if (ended) return ended;
  const claims = claimsFor(agent, { ...request, kid, lent }, now);
  return issued(agent, { ...tokenKey(request.jti), v: 1, version: 1, ttl: claims.exp }, claims, now);
}

/** One answer for an agent that is not there, another's, and a role taken away. */
export const notThisWorkload: Refusal<'invalid-client'> = {
  refused: 'invalid-client',
  detail:
    'the role that signed is not among the workloads of this agent: sign with its role, or have it added',
};

/** What keeps an agent from any token, whatever it signs in with. */
function obstacleOf({ agent, switches }: Facts, now: Date): string | undefined {
  const { id, unit, roles, stage, recertifyBy = '' } = agent;
  if (!actingStages.some((acting) => acting === stage)) {
    return `agent ${id} is in stage ${stage}; it must be in pilot or production`;
  }
  if (certificationEnded(agent, now)) {
    return `the certification of ${id} ended on ${recertifyBy}: its sponsor sets it anew`;
  }
  const stop = coveringSwitch(switches, { agent: id, unit, roles });
  return stop && `a kill switch stops ${stop.scope}: ${stop.reason}`;
}

function notLent({ agent, lent }: Pick<Facts, 'agent' | 'lent'>, now: Date) {
  const ended = lent && whyNotLent(lent, agent.id, now);
  return ended && ({ refused: 'invalid-grant', detail: ended.detail } as const);
}

function issued({ id, unit }: AgentRow, row: Row, claims: TokenClaims, now: Date): Change<TokenClaims> {
  const about = { subject: row.pk, version: row.version, agent: id, unit };
  const actor = { kind: 'agent', id } as const;
  const { kid, iat, exp, dlg: delegation } = claims;
  const data = { kid, seconds: exp - iat };
  return {
    writes: [{ kind: 'create', row }],
    events: [{ v: 1, type: 'token.issued', at: now.toISOString(), actor, ...about, delegation, data }],
    result: claims,
  };
}

type Asked = { readonly issuer: string; readonly kid: string; readonly jti: string } & Pick<Facts, 'lent'>;

/** A token by a delegation ends with it. */
function claimsFor({ id }: AgentRow, { issuer, kid, jti, lent }: Asked, now: Date): TokenClaims {
  const iat = Math.floor(now.getTime() / 1000);
  const claims = {
    iss: issuer,
    aud: issuer,
    sub: id,
    client_id: id,
    jti,
    kid,
    iat,
    exp: iat + TOKEN_SECONDS,
  };
  if (!lent?.delegation) return claims;
  const ends = Math.floor(Date.parse(lent.delegation.expiresAt) / 1000);
  return { ...claims, dlg: lent.delegation.id, exp: Math.min(claims.exp, ends) };
}

const refuse = (detail: string): Refusal<'invalid-client'> => ({ refused: 'invalid-client', detail });
