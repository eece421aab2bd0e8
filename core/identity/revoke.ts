import { type AgentRow, agentKey, kidOfRole } from '../agent/agent.ts';
import type { Change, Refusal } from '../change.ts';
import type { Actor, AuditEvent } from '../event.ts';
import { epochKey, type EpochRow } from './check-token.ts';

type By = { readonly actor: Actor; readonly now: Date };

/**
 * Ends a key of an agent at once: its assertions and the tokens it was given are refused from now on, and no apply
 * brings it back. A workload goes by `role:` and its role's name or ARN. Revoking again changes nothing (`already`).
 */
export function revokeKey(
  agent: AgentRow,
  { kid, actor, now }: By & { readonly kid: string },
): Change<AgentRow> | Refusal<'unknown-key' | 'already'> {
  const roles = agent.workloads.map(kidOfRole);
  const known = [...agent.keys.map((key) => key.kid), ...roles];
  const isNamed = (each: string) => each === kid || (roles.includes(each) && nameOfRole(each) === kid);
  const revoked = agent.revokedKeys.map((each) => each.kid);
  const named = [...new Set([...known, ...revoked])].filter(isNamed);
  const ending = named.filter((each) => !revoked.includes(each));
  if (named.length === 0) {
    return { refused: 'unknown-key', detail: `${agent.id} has no key ${kid}; it has: ${known.join(', ')}` };
  }
  if (ending.length === 0) return { refused: 'already', detail: `key ${kid} is revoked` };
  const at = now.toISOString();
  const revokedKeys = [...agent.revokedKeys, ...ending.map((each) => ({ kid: each, at }))];
  return changed(agent, { revokedKeys }, { type: 'agent.key-revoked', data: { kid }, actor, now });
}

/** `role:<name>` for `role:<arn>`: an address can hold it, since it has no slash. */
const nameOfRole = (kid: string) => kidOfRole(kid.slice(kid.lastIndexOf('/') + 1));

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
