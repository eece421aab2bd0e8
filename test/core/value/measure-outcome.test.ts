import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromTenThousandths } from '../../../core/money.ts';
import { type Happened, measureOutcome } from '../../../core/value/measure-outcome.ts';
import { outcomeKey, outcomeRow } from '../../../core/value/outcome.ts';
import { later, NOW, someBaseline, someRun } from '../../harness/facts.ts';
import { runs } from '../property-runs.ts';

const happened = (fields: Partial<Happened> = {}): Happened => ({
  result: 'ordered',
  requestedAt: NOW.toISOString(),
  endedAt: later(90).toISOString(),
  heldSeconds: 30,
  touches: 0,
  ...fields,
});
const usd = (minor: number) => ({ minor, currency: 'USD' });

describe('what a run was worth', () => {
  it.each<[string, Partial<Happened>, number, number, number]>([
    ['untouched', {}, 42, 0, 4060],
    ['with one touch', { touches: 1 }, 38, 387, 3673],
    ['with two touches', { touches: 2 }, 34, 773, 3287],
    ['that policy denied', { result: 'denied' }, 42, 0, 4060],
    ['that a person rejected', { result: 'rejected', touches: 1 }, 38, 387, 3673],
    ['that failed', { result: 'failed' }, 0, 0, 0],
    ['that failed after a touch', { result: 'failed', touches: 1 }, -4, 387, -387],
    ['that nobody decided in time', { result: 'expired' }, 0, 0, 0],
    ['that was withdrawn after a touch', { result: 'withdrawn', touches: 1 }, -4, 387, -387],
    ['that took more people than before', { touches: 11 }, -2, 4253, -193],
  ])('%s: minutes, cost and net value against 42 minutes at 58.00', (_, fields, minutesSaved, cost, net) => {
    expect(measureOutcome(someBaseline(), happened(fields))).toMatchObject({
      minutesSaved,
      cost: usd(cost),
      netValue: usd(net),
      cycleSeconds: 90,
      heldSeconds: 30,
      baselineLabel: 'demonstration baseline',
    });
  });

  it('rounds half a cent up, away from zero', () => {
    const baseline = someBaseline({
      minutesPerRequest: '0',
      minutesPerTouch: '1',
      hourlyRate: { amount: '0.30', currency: 'USD' },
    });
    expect(measureOutcome(baseline, happened({ touches: 1 }))).toMatchObject({
      cost: usd(1),
      netValue: usd(-1),
    });
    const less = { ...baseline, hourlyRate: { amount: '0.2999', currency: 'USD' } };
    expect(measureOutcome(less, happened({ touches: 1 }))).toMatchObject({
      cost: usd(0),
      netValue: { minor: 0 },
    });
  });

  it('keeps the currency of the baseline', () => {
    const baseline = someBaseline({ hourlyRate: { amount: '50.00', currency: 'EUR' } });
    expect(measureOutcome(baseline, happened()).netValue).toEqual({ minor: 3500, currency: 'EUR' });
  });

  it('never took less than no time', () => {
    const backwards = happened({ endedAt: later(-1).toISOString(), heldSeconds: -1 });
    expect(measureOutcome(someBaseline(), backwards)).toMatchObject({ cycleSeconds: 0, heldSeconds: 0 });
  });

  it('refuses a worth no number holds exactly, rather than round it', () => {
    const baseline = someBaseline({
      minutesPerRequest: '99999999999999',
      hourlyRate: { amount: '99999999999999', currency: 'USD' },
    });
    expect(() => measureOutcome(baseline, happened())).toThrow(RangeError);
  });

  const decimals = fc.bigInt(0n, 100_000_000n).map((value) => ({ value, text: fromTenThousandths(value) }));

  it('is the exact quotient to the cent for any baseline, and makes a row that reads', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, fc.nat(20), (request, touch, rate, touches) => {
        const hourlyRate = { amount: rate.text, currency: 'USD' };
        const baseline = someBaseline({
          minutesPerRequest: request.text,
          minutesPerTouch: touch.text,
          hourlyRate,
        });
        const measured = measureOutcome(baseline, happened({ touches }));
        const spent = touch.value * BigInt(touches);
        const near = (minor: number, minutes: bigint) => {
          const twice = 2n * (BigInt(minor) * 60_000_000n - minutes * rate.value);
          return twice <= 60_000_000n && twice >= -60_000_000n;
        };
        expect(near(measured.cost.minor, spent)).toBe(true);
        expect(near(measured.netValue.minor, request.value - spent)).toBe(true);
        const row = {
          ...outcomeKey(someRun().id),
          v: 1,
          run: someRun().id,
          workflow: 'w',
          unit: 'u',
          recordedAt: NOW.toISOString(),
        };
        expect(outcomeRow.safeParse({ ...row, ...measured }).success).toBe(true);
      }),
      runs(200),
    );
  });
});
