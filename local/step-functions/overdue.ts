import { dueAt, type Execution, type Move, type Outcome } from './execution.ts';

/** What time alone does: it ends the execution, an attempt, or a sleep; `undefined` while there is time. */
export function overdue({ position }: Execution, now: number): Move | undefined {
  if (!position || (dueAt(position) ?? Infinity) > now) return undefined;
  const { phase, lastsUntil } = position;
  if (lastsUntil !== undefined && lastsUntil <= now) {
    const event = { type: 'ExecutionTimedOut', details: { executionTimedOutEventDetails: {} } };
    return { events: [event], end: { status: 'TIMED_OUT' } };
  }
  if (phase.kind === 'sleeping') {
    return { events: [], position: { ...position, phase: { kind: phase.then } } };
  }
  const outcome: Outcome = { ok: false, error: 'States.Timeout', cause: undefined };
  return { events: [], position: { ...position, phase: { kind: 'answered', outcome } } };
}
