import type { AgentRow } from '../agent/agent.ts';
import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import { activeReleaseKey, type ActiveReleaseRow } from '../policy/release.ts';
import type { ActionRow } from './action.ts';
import { bySystem } from './action-row.ts';
import type { Obstacle } from './admission.ts';
import { carryOutOwn, type Effect, type OwnFacts } from './carry-out-own.ts';
import { type GrantInput, grantIdOf, grantKey, type GrantRow, usesKey, type UsesRow } from './grant.ts';

export type GrantFacts = OwnFacts & {
  readonly input: GrantInput;
  /** The agent that would use it. */
  readonly grantee: AgentRow | undefined;
  readonly active: ActiveReleaseRow | undefined;
  /** The guard and the tool in the release in force, by their hashes. */
  readonly rules: { readonly guardHash: string | undefined; readonly toolHash: string | undefined };
  /** Whether the votes lift the guard as it is now, for the organisation of now. */
  readonly lifts: boolean;
  /** An earlier grant for the same, live or not. */
  readonly before: GrantRow | undefined;
};

/**
 * Makes the grant that was agreed to, in one change with the end of its action. Agreed to under another guard, tool or
 * by too few of today's people, it ends denied.
 */
export function makeGrant(
  facts: GrantFacts,
  now: Date,
): Change<ActionRow> | Refusal<'not-held' | 'not-approved'> {
  return carryOutOwn(facts, () => findProblem(facts, now) ?? effectOf(facts, now), now);
}

function effectOf(facts: GrantFacts, now: Date): Effect | Obstacle {
  const { active, before } = facts;
  if (!active) return overtaken;
  const { row, uses, event } = grantOf(facts, now);
  const writes: Write[] = [
    { kind: 'unchanged', key: activeReleaseKey, ifVersion: active.version },
    before ? { kind: 'replace', row, ifVersion: before.version } : { kind: 'create', row },
    { kind: 'put', row: uses },
  ];
  return { output: { grant: row.id }, writes, events: [event] };
}

const overtaken: Obstacle = {
  code: 'superseded',
  detail: 'the guard, the tool or the agent changed meanwhile: ask for the grant again',
};

function findProblem(facts: GrantFacts, now: Date): Obstacle | undefined {
  const { input, grantee, rules } = facts;
  const same = rules.guardHash === input.guardHash && rules.toolHash === input.toolHash;
  if (!same || grantee?.unit !== input.unit || grantee.stage === 'retired') return overtaken;
  if (!facts.lifts) {
    return { code: 'approval-not-enough', detail: 'the votes would not lift the guard today: ask again' };
  }
  const over = Date.parse(input.until) <= now.getTime();
  return over ? { code: 'grant-over', detail: `it was to end at ${input.until}: ask again` } : undefined;
}

function grantOf({ action, input, approval, before }: GrantFacts, now: Date) {
  const id = grantIdOf(input);
  const { votes, openedAt, hastenedSeconds, guards } = approval;
  const row: GrantRow = {
    ...grantKey(id),
    v: 1,
    version: (before?.version ?? 0) + 1,
    listKind: 'GRANT',
    listKey: id,
    ...input,
    id,
    title: guards[0]?.title ?? input.guard,
    action: action.id,
    approval: approval.id,
    ...{ votes, openedAt, hastenedSeconds },
    madeAt: now.toISOString(),
  };
  const uses: UsesRow = { ...usesKey(id), sk: 'USES', v: 1, uses: 0, spent: 0 };
  const event: AuditEvent = {
    ...grantEvent(row, 'grant.made', { actor: bySystem('execute-action', now).actor, now }),
    data: { id, ...input, votes },
  };
  return { row, uses, event };
}

/** The event of a grant's new version. */
export function grantEvent(
  row: GrantRow,
  type: 'grant.made' | 'grant.revoked',
  { actor, now }: { readonly actor: AuditEvent['actor']; readonly now: Date },
): AuditEvent {
  const { pk: subject, version, agent, unit, tool, action, approval } = row;
  const at = now.toISOString();
  return {
    v: 1,
    subject,
    version,
    type,
    at,
    actor,
    agent,
    unit,
    tool,
    action,
    approval,
    data: { id: row.id },
  };
}
