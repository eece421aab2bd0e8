import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import { priorsOf } from '../status.ts';
import { type RunRow, runStatuses } from './run.ts';
import { runEvent } from './run-event.ts';

/** How a run ended and what it was worth; `measured` goes into the event, from which metrics are made. */
export type Ending = {
  readonly status: 'succeeded' | 'failed';
  readonly output?: unknown;
  readonly problem?: { readonly code: string; readonly detail: string };
  readonly measured?: Readonly<Record<string, unknown>>;
  /** What ends with it: its outcome's row, a task nobody needs to do any more. */
  readonly with: { readonly writes: readonly Write[]; readonly events: readonly AuditEvent[] };
};

/** Ends a run once; asked again it is refused with `ended`. */
export function endRun(run: RunRow, ending: Ending, now: Date): Change<RunRow> | Refusal<'ended'> {
  if (run.status === 'succeeded' || run.status === 'failed') {
    return { refused: 'ended', detail: `the run is ${run.status}` };
  }
  const { openKind, openSince, currentTask, awaitedAction, ...rest } = run;
  const row: RunRow = {
    ...rest,
    version: run.version + 1,
    status: ending.status,
    finishedAt: now.toISOString(),
    ...(ending.output !== undefined && { output: ending.output }),
    ...(ending.problem && { problem: ending.problem }),
  };
  const actor = { kind: 'system', id: 'finish-run' } as const;
  const type = ending.status === 'succeeded' ? 'run.finished' : 'run.failed';
  const data = { ...ending.measured, ...(ending.problem && { problem: ending.problem }) };
  const ifStatus = priorsOf(runStatuses, ending.status);
  return {
    writes: [{ kind: 'replace', row, ifVersion: run.version, ifStatus }, ...ending.with.writes],
    events: [runEvent(row, type, { actor, now, data }), ...ending.with.events],
    result: row,
  };
}
