import type { AgentRow } from '../agent/agent.ts';
import { approvalKey } from '../approval/approval.ts';
import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import { type Switches, switchesKey } from '../switch/switch.ts';
import type { ActionRow } from './action.ts';
import { actionEvent, approvedDigest, bySystem } from './action-row.ts';
import { type Obstacle, stoppedBy } from './admission.ts';
import { end, lapse, type Lapse, lapsed } from './start-approved.ts';

/** What every action of the system itself leans on when people agreed to it. */
export type OwnFacts = Lapse & {
  readonly action: ActionRow;
  /** The system's own agent, which asks. */
  readonly agent: AgentRow;
  readonly switches: Switches;
};

/** What an agreed action does, beside ending. */
export type Effect = {
  readonly output: Readonly<Record<string, unknown>>;
  readonly writes: readonly Write[];
  readonly events: readonly AuditEvent[];
};

/**
 * Carries out an action of the system itself, in one change with its end: `effectOf` gives what it does, or why that
 * is not what people agreed to any more; then, as when it lapsed or is stopped, it ends without effect.
 */
export function carryOutOwn(
  facts: OwnFacts,
  effectOf: () => Effect | Obstacle,
  now: Date,
): Change<ActionRow> | Refusal<'not-held' | 'not-approved'> {
  const { action, approval, switches } = facts;
  if (action.status !== 'held') return { refused: 'not-held', detail: `the action is ${action.status}` };
  if (approval.status !== 'approved') {
    return { refused: 'not-approved', detail: `the approval is ${approval.status}` };
  }
  if (lapsed(facts, now)) return end(action, 'expired', lapse(facts), now);
  const effect = boundObstacle(facts) ?? effectOf();
  if ('code' in effect) return end(action, 'denied', effect, now);
  const done = succeed(action, effect.output, now);
  const engaged: Write[] =
    switches.version > 0 ? [{ kind: 'unchanged', key: switchesKey, ifVersion: switches.version }] : [];
  return {
    writes: [
      { kind: 'replace', row: done.row, ifVersion: action.version, ifStatus: ['held'] },
      { kind: 'unchanged', key: approvalKey(approval.id), ifVersion: approval.version },
      ...engaged,
      ...effect.writes,
    ],
    events: [...done.events, ...effect.events],
    result: done.row,
  };
}

function boundObstacle(facts: OwnFacts): Obstacle | undefined {
  const { action, approval } = facts;
  if (approval.action !== action.id || approval.digest !== approvedDigest(action)) {
    return { code: 'not-what-was-approved', detail: 'the approval is for another request: ask again' };
  }
  const stop = stoppedBy(facts, action);
  return stop && { code: 'blocked', detail: `a kill switch stops ${stop.scope}: ${stop.reason}` };
}

/** It starts and ends in one moment, so its row skips a version that its two events tell of. */
function succeed(
  action: ActionRow,
  output: Readonly<Record<string, unknown>>,
  now: Date,
): { readonly row: ActionRow; readonly events: [AuditEvent, AuditEvent] } {
  const { openKind, openSince, ...closed } = action;
  const at = now.toISOString();
  const started: ActionRow = {
    ...closed,
    version: action.version + 1,
    status: 'started',
    attempt: 1,
    startedAt: at,
  };
  const ended = { settledAt: at, durationMs: 0, output };
  const row: ActionRow = { ...started, version: action.version + 2, status: 'succeeded', ...ended };
  const by = bySystem('execute-action', now);
  const start: AuditEvent = { ...actionEvent(started, 'action.started', by), decision: 'allow' };
  return { row, events: [start, actionEvent(row, 'action.succeeded', { ...by, data: { durationMs: 0 } })] };
}
