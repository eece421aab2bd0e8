import type { Change, Refusal } from '../change.ts';
import type { Tool } from '../governance/tool.ts';
import { priorsOf } from '../status.ts';
import { giveBack } from './reserve-budget.ts';
import { type ActionRow, actionStatuses } from './action.ts';
import { actionEvent, bySystem } from './action-row.ts';
import { UNKNOWN_ACTIONS } from './unknown-view.ts';

/** How a call to a tool ended. `unknown`: nobody can say whether it took effect. */
export type CallOutcome =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed' | 'unknown'; readonly code: string; readonly detail: string };

const eventTypes = {
  succeeded: 'action.succeeded',
  failed: 'action.failed',
  unknown: 'action.unknown',
} as const;

/**
 * Records the outcome of the attempt that made the call. An answer of an earlier attempt, or a second answer, is
 * refused with `late`: whoever resumed the action owns its outcome.
 */
export function settleAction(
  row: ActionRow,
  attempt: number,
  outcome: CallOutcome,
  now: Date,
  { reconcile }: Pick<Tool, 'reconcile'> = {},
): Change<ActionRow> | Refusal<'late'> {
  if (row.status !== 'started' || row.attempt !== attempt) {
    return { refused: 'late', detail: `attempt ${attempt} answered when the action was ${row.status}` };
  }
  const doubt = outcome.status === 'unknown' && inDoubt(row, reconcile, now);
  const settled: ActionRow = { ...settledRow(row, outcome, now), ...doubt };
  const by = {
    ...bySystem('executor', now),
    data: { durationMs: settled.durationMs, ...problemOf(outcome) },
  };
  return {
    writes: [
      {
        kind: 'replace',
        row: settled,
        ifVersion: row.version,
        ifStatus: priorsOf(actionStatuses, outcome.status),
      },
      ...(outcome.status === 'failed' ? giveBack(row.reserved) : []),
    ],
    events: [actionEvent(settled, eventTypes[outcome.status], by)],
    result: settled,
  };
}

/** Listed for a person to look after; where the system can be asked, the sweep does first. */
function inDoubt({ id }: ActionRow, reconcile: string | undefined, now: Date) {
  const listed = { listKind: UNKNOWN_ACTIONS, listKey: `${now.toISOString()} ${id}` };
  return reconcile === undefined ? listed : { ...listed, openKind: 'UNKNOWN', openSince: now.toISOString() };
}

function settledRow(row: ActionRow, outcome: CallOutcome, now: Date): ActionRow {
  const { openKind, openSince, queued, ...closed } = row;
  return {
    ...closed,
    version: row.version + 1,
    status: outcome.status,
    settledAt: now.toISOString(),
    durationMs: Math.max(0, now.getTime() - Date.parse(row.startedAt ?? row.requestedAt)),
    ...(outcome.status === 'succeeded' ? { output: outcome.output } : problemOf(outcome)),
  };
}

const problemOf = (outcome: CallOutcome) =>
  outcome.status === 'succeeded' ? {} : { problem: { code: outcome.code, detail: outcome.detail } };
