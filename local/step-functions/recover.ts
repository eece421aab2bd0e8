import type { Catcher, Retrier, Task } from './definition.ts';
import type { Move } from './execution.ts';
import { evaluationFailed, failExecution, leave } from './leave.ts';
import { type Failure, means, StateError } from './state-error.ts';
import type { Visit } from './visit.ts';

/** Goes on from an error thrown while a task's state was run. */
export function recoverFrom(visit: Visit<Task>, error: unknown): Promise<Move> {
  if (!(error instanceof StateError)) throw error;
  return recover({ ...visit, events: [...visit.events, ...evaluationFailed(visit, error)] }, error.failure);
}

/** Retries as the first retrier for this error allows, else leaves by the first catcher for it, else fails. */
export async function recover(visit: Visit<Task>, failure: Failure): Promise<Move> {
  const { Catch } = visit.state;
  const retry = retryOf(visit, failure);
  if (retry) return retry;
  const n = Catch.findIndex(matching(failure));
  const catcher = Catch[n];
  if (!catcher) return failExecution(visit.events, failure);
  const errorOutput = { Error: failure.error ?? null, Cause: failure.cause ?? null };
  try {
    return await leave(visit, { ...catcher, at: `Catch[${n}]/` }, { errorOutput });
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return failExecution([...visit.events, ...evaluationFailed(visit, error)], error.failure);
  }
}

/** The pause before another attempt; each retrier counts for itself. */
function retryOf({ state, position, events, now }: Visit<Task>, failure: Failure): Move | undefined {
  const n = state.Retry.findIndex(matching(failure));
  const retrier = state.Retry[n];
  const taken = position.retries[n] ?? 0;
  if (!retrier || taken >= retrier.MaxAttempts) return undefined;
  const retries = state.Retry.map((_, each) => (position.retries[each] ?? 0) + (each === n ? 1 : 0));
  const until = now + pauseMs(retrier, taken);
  return {
    events,
    position: { ...position, retries, phase: { kind: 'sleeping', until, then: 'attempting' } },
  };
}

const matching =
  ({ error }: Failure) =>
  ({ ErrorEquals }: Retrier | Catcher): boolean =>
    ErrorEquals.some((name) => means(name, error));

/** Interval × rate to the power of retries taken, capped; FULL jitter takes any part of it. */
export function pauseMs(
  { IntervalSeconds, BackoffRate, MaxDelaySeconds = Infinity, JitterStrategy }: Retrier,
  taken: number,
  random: () => number = Math.random,
): number {
  const seconds = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** taken);
  return Math.round(seconds * 1000 * (JitterStrategy === 'FULL' ? random() : 1));
}
