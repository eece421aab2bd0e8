import { toTenThousandths } from '../money.ts';
import type { Baseline } from '../run/run.ts';
import type { OutcomeRow } from './outcome.ts';
import { priceOf, reviewCost } from './review-cost.ts';

/** What happened in a run, as the rows tell it. */
export type Happened = {
  readonly result: OutcomeRow['result'];
  readonly requestedAt: string;
  readonly endedAt: string;
  readonly heldSeconds: number;
  /** Votes people cast. */
  readonly touches: number;
};

export type Measured = Pick<
  OutcomeRow,
  | 'result'
  | 'cycleSeconds'
  | 'heldSeconds'
  | 'touches'
  | 'minutesSaved'
  | 'cost'
  | 'netValue'
  | 'baselineLabel'
>;

/** Results in which the work was really done; a run that failed or expired saved nobody a minute. */
const handled: readonly OutcomeRow['result'][] = ['ordered', 'denied', 'rejected', 'done'];

/**
 * What a run was worth against its baseline:
 * minutes saved = (baseline minutes, if the work was done) − touches × minutes per touch;
 * cost = touches × minutes per touch ÷ 60 × hourly rate; net value = minutes saved ÷ 60 × hourly rate. The touches are
 * netted once, in the minutes. Exact to the cent, rounded half up. Throws `RangeError` for money no row can hold.
 */
export function measureOutcome(baseline: Baseline, happened: Happened): Measured {
  const spent = BigInt(happened.touches) * toTenThousandths(baseline.minutesPerTouch);
  const before = handled.includes(happened.result) ? toTenThousandths(baseline.minutesPerRequest) : 0n;
  const saved = before - spent;
  const seconds = (Date.parse(happened.endedAt) - Date.parse(happened.requestedAt)) / 1000;
  return {
    result: happened.result,
    cycleSeconds: Math.max(0, seconds),
    heldSeconds: Math.max(0, happened.heldSeconds),
    touches: happened.touches,
    minutesSaved: Number(saved) / 10_000,
    cost: reviewCost(baseline, happened.touches).cost,
    netValue: priceOf(saved, baseline.hourlyRate),
    baselineLabel: baseline.label,
  };
}
