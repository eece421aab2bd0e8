import type { AgentRow } from '../agent/agent.ts';
import { approvalKey, type ApprovalRow } from '../approval/approval.ts';
import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import { activeReleaseKey, type ActiveReleaseRow } from '../policy/release.ts';
import { type Switches, switchesKey } from '../switch/switch.ts';
import type { ActionRow } from './action.ts';
import { approvedDigest, bySystem } from './action-row.ts';
import { succeed } from './activate-approved.ts';
import { type Obstacle, stoppedBy } from './admission.ts';
import { type GrantInput, grantIdOf, grantKey, type GrantRow, usesKey, type UsesRow } from './grant.ts';
import { end, lapse, lapsed } from './start-approved.ts';

export type GrantFacts = {
  readonly action: ActionRow;
  readonly input: GrantInput;
  readonly approval: ApprovalRow;
  /** The system's own agent, which asks. */
  readonly agent: AgentRow;
  /** The agent that would use it. */
  readonly grantee: AgentRow | undefined;
  readonly switches: Switches;
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
  const { action, approval, switches, active } = facts;
  if (action.status !== 'held') return { refused: 'not-held', detail: `the action is ${action.status}` };
  if (approval.status !== 'approved') {
    return { refused: 'not-approved', detail: `the approval is ${approval.status}` };
  }
  if (lapsed(approval, now)) return end(action, 'expired', lapse, now);
  const problem = findProblem(facts, now);
  if (problem || !active) return end(action, 'denied', problem ?? overtaken, now);
  const { row, uses, event } = grantOf(facts, now);
  const done = succeed(action, { grant: row.id }, now);
  const engaged: Write[] =
    switches.version > 0 ? [{ kind: 'unchanged', key: switchesKey, ifVersion: switches.version }] : [];
  return {
    writes: [
      { kind: 'replace', row: done.row, ifVersion: action.version, ifStatus: ['held'] },
      { kind: 'unchanged', key: approvalKey(approval.id), ifVersion: approval.version },
      { kind: 'unchanged', key: activeReleaseKey, ifVersion: active.version },
      ...engaged,
      facts.before ? { kind: 'replace', row, ifVersion: facts.before.version } : { kind: 'create', row },
      { kind: 'put', row: uses },
    ],
    events: [...done.events, event],
    result: done.row,
  };
}

const overtaken: Obstacle = {
  code: 'superseded',
  detail: 'the guard, the tool or the agent changed meanwhile: ask for the grant again',
};

function findProblem(facts: GrantFacts, now: Date): Obstacle | undefined {
  const { action, approval, input, grantee, rules } = facts;
  if (approval.action !== action.id || approval.digest !== approvedDigest(action)) {
    return { code: 'not-what-was-approved', detail: 'the approval is for another request: ask again' };
  }
  const stop = stoppedBy(facts, action);
  if (stop) return { code: 'blocked', detail: `a kill switch stops ${stop.scope}: ${stop.reason}` };
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
