import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromTenThousandths, toTenThousandths } from '../../../core/money.ts';
import { convertAmount } from '../../../core/policy/convert-amount.ts';
import { InputError } from '../../../core/policy/shape-value.ts';
import { runs } from '../property-runs.ts';

const tool = { amount: { value: 'total', currency: 'currency' } };
const unit = (rates: Readonly<Record<string, string>> = {}) => ({
  id: 'operations',
  name: 'Operations',
  currency: 'USD',
  rates: Object.entries(rates).map(([currency, rate]) => ({ currency, rate, asOf: '2026-11-20' })),
  lists: {},
});
const inDollars = (total: unknown, currency: unknown, rates: Readonly<Record<string, string>> = {}) =>
  convertAmount(tool, { total, currency }, unit(rates));

const rate = fc.integer({ min: 1, max: 10_000_000 }).map((n) => fromTenThousandths(BigInt(n)));
const amount = fc.bigInt(0n, 10n ** 13n).map(fromTenThousandths);

describe('an amount in the currency of its unit', () => {
  it('is nothing for a tool that moves none', () => {
    expect(convertAmount({}, { total: '1' }, undefined)).toBeUndefined();
  });

  it.each([
    ['1200', 'USD', '1200.00'],
    ['0.0001', 'USD', '0.0001'],
    ['99999999999999.9999', 'USD', '99999999999999.9999'],
    ['862.06', 'EUR', '999.9896'],
    ['862.0690', 'EUR', '1000.0001'],
    ['0.0001', 'JPY', '0.0001'],
    ['0', 'JPY', '0.00'],
    ['1.0000', 'JPY', '0.0064'],
  ])('makes %s %s into %s USD, never less than it is', (total, currency, dollars) => {
    expect(inDollars(total, currency, { EUR: '1.1600', JPY: '0.0064' })).toBe(dollars);
  });

  it('is the exact product or the next ten-thousandth above it', () => {
    fc.assert(
      fc.property(amount, rate, (total, worth) => {
        const exact = toTenThousandths(total) * toTenThousandths(worth);
        const converted = toTenThousandths(inDollars(total, 'EUR', { EUR: worth }) ?? '') * 10_000n;
        expect(converted >= exact && converted - exact < 10_000n).toBe(true);
      }),
      runs(300),
    );
  });

  it('does not move in its own currency, whatever rates there are', () => {
    fc.assert(
      fc.property(amount, rate, (total, worth) => {
        const same = inDollars(total, 'USD', { USD: worth });
        expect(toTenThousandths(same ?? '')).toBe(toTenThousandths(total));
      }),
      runs(100),
    );
  });

  it.each([
    ['a currency without a rate', '5.00', 'CHF', 'currency: unit operations has no rate from CHF to USD'],
    ['a currency in small letters', '5.00', 'eur', 'currency: unit operations has no rate from eur'],
    ['no currency', '5.00', undefined, 'currency: must name the currency'],
    ['a negative amount', '-5.00', 'EUR', 'total: must not be negative'],
    ['less than nothing of nothing', '-0', 'USD', 'total: must not be negative'],
    ['a number', 5, 'USD', 'total: must be a decimal as a string'],
    ['five places', '5.00001', 'USD', 'total: must be a decimal as a string'],
    ['no amount', undefined, 'USD', 'total: must be a decimal as a string'],
  ])('refuses %s rather than guess', (_, total, currency, message) => {
    expect(() => inDollars(total, currency, { EUR: '1.1600' })).toThrow(message);
  });

  it('refuses an amount of a unit the release does not know', () => {
    expect(() => convertAmount(tool, { total: '1', currency: 'USD' }, undefined)).toThrow(InputError);
  });
});
