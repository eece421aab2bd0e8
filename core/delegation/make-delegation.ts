import type { AgentRow } from '../agent/agent.ts';
import { digest } from '../canonical-json.ts';
import type { Change, Refusal } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import type { DelegationId } from '../id.ts';
import {
  type DelegationBody,
  delegationKey,
  type DelegationRow,
  type Lending,
  MOST_LENDERS,
  whyNotLent,
} from './delegation.ts';

/** Seconds a delegation is kept after its end, for whoever asks what became of it. */
const KEPT_SECONDS = 7 * 86_400;

export type LenderFacts = {
  readonly lender: AgentRow;
  /** What the lender itself leans on. */
  readonly lent: Lending | undefined;
  readonly to: AgentRow | undefined;
};

export type DelegationAsked = {
  readonly id: DelegationId;
  readonly body: DelegationBody;
  /** The token it is asked with. */
  readonly madeBy: DelegationRow['madeBy'];
};

type No = Refusal<'not-lent' | 'unknown-borrower' | 'cycle' | 'too-many-lenders' | 'nothing-lent'>;

/**
 * Lends what the maker may to another agent, for a while. What was lent to the maker goes along and only narrows: fewer
 * tools, never a later end, no agent twice, at most three in all.
 */
export function makeDelegation(
  { lender, lent, to }: LenderFacts,
  asked: DelegationAsked,
  now: Date,
): Change<DelegationRow> | No {
  const ended = lent && whyNotLent(lent, lender.id, now);
  if (ended) return { refused: 'not-lent', detail: ended.detail };
  const under = lent?.delegation;
  const chain = [...(under?.chain ?? []), lender.id];
  const { id, body, madeBy } = asked;
  if (chain.includes(body.to)) return { refused: 'cycle', detail: `${body.to} is in the chain already` };
  if (chain.length > MOST_LENDERS) {
    const detail = `at most ${MOST_LENDERS + 1} agents stand in a chain: ${[...chain, body.to].join(' → ')}`;
    return { refused: 'too-many-lenders', detail };
  }
  if (!to || to.stage === 'retired') {
    return { refused: 'unknown-borrower', detail: `there is no agent ${body.to} to lend to` };
  }
  const tools = narrowed(under?.tools, body.tools);
  if (tools?.length === 0) {
    return {
      refused: 'nothing-lent',
      detail: `only ${under?.tools?.join(', ') ?? ''} was lent to ${lender.id}`,
    };
  }
  const ends = [now.getTime() + body.expiresSeconds * 1000, Date.parse(under?.expiresAt ?? '9999-12-31')];
  const expiresAt = new Date(Math.min(...ends));
  const row: DelegationRow = {
    ...delegationKey(id),
    v: 1,
    version: 1,
    id,
    chain,
    to: body.to,
    unit: lender.unit,
    ...(tools && { tools: [...tools] }),
    purpose: body.purpose,
    above: under ? [under.id, ...under.above] : [],
    madeBy,
    madeAt: now.toISOString(),
    expiresAt: expiresAt.toISOString(),
    requestDigest: digest(body),
    ttl: Math.ceil(expiresAt.getTime() / 1000) + KEPT_SECONDS,
  };
  return { writes: [{ kind: 'create', row }], events: [delegationEvent(row, lender.id, now)], result: row };
}

/** What is in both; where one names none, the other. */
function narrowed(above: readonly string[] | undefined, asked: readonly string[] | undefined) {
  if (!above || !asked) return above ?? asked;
  return asked.filter((tool) => above.includes(tool));
}

/** The event of a delegation's new version: made, or revoked by somebody in it. */
export function delegationEvent(row: DelegationRow, by: AgentRow['id'], now: Date): AuditEvent {
  const { id: delegation, chain, to, tools, expiresAt, unit, purpose } = row;
  return {
    v: 1,
    subject: row.pk,
    version: row.version,
    type: row.revokedAt === undefined ? 'delegation.made' : 'delegation.revoked',
    at: now.toISOString(),
    actor: { kind: 'agent', id: by },
    agent: by,
    unit,
    via: chain,
    delegation,
    purpose,
    data: { to, ...(tools && { tools }), expiresAt },
  };
}
