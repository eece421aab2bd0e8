import type { Change, Refusal } from '../change.ts';
import type { Tool } from '../governance/tool.ts';
import { priorsOf } from '../status.ts';
import { type ActionRow, actionStatuses } from './action.ts';
import { actionEvent, bySystem } from './action-row.ts';
import { settleAction } from './settle-action.ts';

/** Seconds after its start in which an action can only be in flight: longer than any tool or function may run. */
export const IN_FLIGHT_SECONDS = 45;

/**
 * Takes up an action that a crash left in flight. Tools whose calls may be repeated (`read`, `keyed`) are called
 * again under a new attempt, the fence; an `at-most-once` tool's action becomes `unknown` and is never retried.
 */
export function resumeAction(
  row: ActionRow,
  tool: Pick<Tool, 'effect' | 'hash'> | undefined,
  now: Date,
): Change<ActionRow> | Refusal<'not-started' | 'in-flight'> {
  if (row.status !== 'started') return { refused: 'not-started', detail: `the action is ${row.status}` };
  const seconds = (now.getTime() - Date.parse(row.startedAt ?? row.requestedAt)) / 1000;
  if (seconds < IN_FLIGHT_SECONDS) return { refused: 'in-flight', detail: 'the call is still being made' };
  if (!tool || tool.effect === 'at-most-once' || tool.hash !== row.toolHash) return giveUp(row, now);
  const startedAt = now.toISOString();
  const resumed: ActionRow = { ...row, version: row.version + 1, attempt: row.attempt + 1, startedAt };
  return {
    writes: [
      {
        kind: 'replace',
        row: resumed,
        ifVersion: row.version,
        ifStatus: priorsOf(actionStatuses, 'started').filter((status) => status === 'started'),
      },
    ],
    events: [actionEvent(resumed, 'action.resumed', bySystem('executor', now))],
    result: resumed,
  };
}

function giveUp(row: ActionRow, now: Date): Change<ActionRow> | Refusal<'not-started'> {
  const detail = 'the call was cut off and this tool may not be called twice: look in the system itself';
  const settled = settleAction(row, row.attempt, { status: 'unknown', code: 'cut-off', detail }, now);
  return 'refused' in settled ? { refused: 'not-started', detail: settled.detail } : settled;
}
