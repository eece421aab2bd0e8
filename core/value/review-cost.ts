import { type Money, moneyOf, toTenThousandths } from '../money.ts';
import type { Baseline } from '../run/run.ts';

/** What people's votes cost: each takes the baseline's minutes, at its hourly rate. */
export function reviewCost(
  baseline: Pick<Baseline, 'minutesPerTouch' | 'hourlyRate'>,
  votes: number,
): { readonly minutes: number; readonly cost: Money } {
  const minutes = BigInt(votes) * toTenThousandths(baseline.minutesPerTouch);
  return { minutes: Number(minutes) / 10_000, cost: priceOf(minutes, baseline.hourlyRate) };
}

/** Minutes × hourly rate ÷ 60, both in ten-thousandths, exact to the cent, rounded half up. */
export function priceOf(minutes: bigint, { amount, currency }: Baseline['hourlyRate']): Money {
  const denominator = 60n * 10_000n * 100n;
  const product = minutes * toTenThousandths(amount);
  const half = product < 0n ? -denominator / 2n : denominator / 2n;
  return moneyOf((product + half) / denominator, currency);
}
