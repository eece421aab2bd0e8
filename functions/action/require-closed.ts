import { type BreakerRow, breakerState, PROBE_SECONDS, secondsLeft } from '../../core/action/breaker.ts';
import type { Breakers } from '../aws/breakers.ts';
import { ProblemError } from '../http/problem.ts';

type Deps = { readonly breakers: Breakers; readonly now: () => Date };

/**
 * Lets a call of this tool through while its breaker is closed, and one probe at a time when it may be well again;
 * every other ends with 503 and when to come again. Nothing is recorded as started, so the same key may be used again.
 */
export async function requireClosed(
  deps: Deps,
  tool: string,
  breaker: BreakerRow | undefined,
): Promise<void> {
  const now = deps.now();
  const state = breakerState(breaker, now);
  if (state === 'closed' || !breaker) return;
  if (state === 'half-open' && (await deps.breakers.probe(tool, breaker, now))) return;
  const seconds = state === 'open' ? secondsLeft(breaker, now) : PROBE_SECONDS;
  throw new ProblemError({
    status: 503,
    code: 'tool-unavailable',
    detail: `${tool} gave no good answers lately and is left alone: ask again in ${seconds} s with the same key`,
    headers: { 'retry-after': `${seconds}` },
  });
}
