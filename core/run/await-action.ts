import { actionKey } from '../action/action.ts';
import type { Change, Refusal } from '../change.ts';
import type { ActionId } from '../id.ts';
import { waiterKey } from '../waiter.ts';
import type { RunRow } from './run.ts';
import { runEvent } from './run-event.ts';

/** Moves a run on to wait for an action that people decide; the machine's token waits beside the action. */
export function awaitAction(
  run: RunRow,
  { token, action }: { readonly token: string; readonly action: ActionId },
  now: Date,
): Change<RunRow> | Refusal<'run-ended'> {
  if (run.status !== 'running') return { refused: 'run-ended', detail: `the run is ${run.status}` };
  const { currentTask, ...rest } = run;
  const row: RunRow = { ...rest, version: run.version + 1, awaitedAction: action };
  const actor = { kind: 'system', id: 'await-action' } as const;
  const waiter = { ...waiterKey(actionKey(action)), v: 1 as const, token, storedAt: now.toISOString() };
  return {
    writes: [
      { kind: 'replace', row, ifVersion: run.version, ifStatus: ['running'] },
      { kind: 'put', row: waiter },
    ],
    events: [{ ...runEvent(row, 'run.waiting', { actor, now, data: { awaits: 'decision' } }), action }],
    result: row,
  };
}
