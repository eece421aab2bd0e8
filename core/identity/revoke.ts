import { type AgentRow, agentKey } from '../agent/agent.ts';
import type { Change, Refusal } from '../change.ts';
import type { Actor, AuditEvent } from '../event.ts';
import { epochKey, type EpochRow } from './check-token.ts';

type By = { readonly actor: Actor; readonly now: Date };

/**
 * Ends a key of an agent at once: its assertions and the tokens it was given are refused from now on, and no apply
 * brings it back. Revoking it again changes nothing (`already`).
 */
export function revokeKey(
  agent: AgentRow,
  { kid, actor, now }: By & { readonly kid: string },
): Change<AgentRow> | Refusal<'unknown-key' | 'already'> {
  if (agent.revokedKeys.some((revoked) => revoked.kid === kid)) {
    return { refused: 'already', detail: `key ${kid} is revoked` };
  }
  if (!agent.keys.some((key) => key.kid === kid)) {
    const known = agent.keys.map((key) => key.kid).join(', ');
    return { refused: 'unknown-key', detail: `${agent.id} has no key ${kid}; it has: ${known}` };
  }
  const revokedKeys = [...agent.revokedKeys, { kid, at: now.toISOString() }];
  return changed(agent, { revokedKeys }, { type: 'agent.key-revoked', data: { kid }, actor, now });
}

/** Ends every token of an agent issued so far; its keys stay good for new ones. */
export function revokeTokens(agent: AgentRow, { actor, now }: By): Change<AgentRow> {
  const notBefore = now.toISOString();
  return changed(
    agent,
    { tokensNotBefore: notBefore },
    { type: 'agent.tokens-revoked', data: { notBefore }, actor, now },
  );
}

/** Ends every token of every agent issued so far. */
export function revokeAllTokens(epoch: EpochRow | undefined, { actor, now }: By): Change<EpochRow> {
  const version = (epoch?.version ?? 0) + 1;
  const notBefore = now.toISOString();
  const row: EpochRow = { ...epochKey, v: 1, version, notBefore };
  const event: AuditEvent = {
    v: 1,
    subject: epochKey.pk,
    version,
    type: 'tokens.revoked',
    at: notBefore,
    actor,
    data: { notBefore },
  };
  const write = epoch
    ? ({ kind: 'replace', row, ifVersion: epoch.version } as const)
    : ({ kind: 'create', row } as const);
  return { writes: [write], events: [event], result: row };
}

function changed(
  agent: AgentRow,
  fields: Partial<AgentRow>,
  { type, data, actor, now }: By & Pick<AuditEvent, 'type' | 'data'>,
): Change<AgentRow> {
  const row: AgentRow = { ...agent, ...fields, version: agent.version + 1 };
  const about = { agent: agent.id, unit: agent.unit, subject: agentKey(agent.id).pk };
  return {
    writes: [{ kind: 'replace', row, ifVersion: agent.version }],
    events: [{ v: 1, version: row.version, type, at: now.toISOString(), actor, ...about, data }],
    result: row,
  };
}
