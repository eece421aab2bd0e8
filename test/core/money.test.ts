import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decimalString,
  formatMoney,
  fromTenThousandths,
  money,
  moneyOf,
  toMoney,
  toTenThousandths,
} from '../../core/money.ts';
import { runs } from './property-runs.ts';

const LARGEST = 10n ** 18n - 1n;
const value = fc.bigInt(-LARGEST, LARGEST);

describe('a decimal', () => {
  it.each([
    ['0', 0n],
    ['1200.50', 12_005_000n],
    ['0.0001', 1n],
    ['-0.0001', -1n],
    ['-7', -70_000n],
    ['99999999999999.9999', LARGEST],
  ])('%s is %i ten-thousandths', (text, tenThousandths) => {
    expect(toTenThousandths(text)).toBe(tenThousandths);
  });

  it.each([
    [0n, '0.00'],
    [1n, '0.0001'],
    [-1n, '-0.0001'],
    [10n, '0.001'],
    [12_005_000n, '1200.50'],
    [12_005_050n, '1200.505'],
  ])('%i ten-thousandths are %s', (tenThousandths, text) => {
    expect(fromTenThousandths(tenThousandths)).toBe(text);
  });

  it.each([
    '',
    '.5',
    '5.',
    '05',
    '+5',
    '5e3',
    '1.00001',
    '1,5',
    ' 1',
    '1 ',
    '1\n',
    '100000000000000',
    '--1',
    'NaN',
    '٣',
  ])('is not %j', (text) => {
    expect(decimalString.safeParse(text).success).toBe(false);
    expect(() => toTenThousandths(text)).toThrow();
  });

  it('survives the way there and back, exactly', () => {
    fc.assert(
      fc.property(value, (tenThousandths) => {
        expect(toTenThousandths(fromTenThousandths(tenThousandths))).toBe(tenThousandths);
      }),
      runs(300),
    );
  });
});

describe('money', () => {
  it.each([
    ['1200.50', 120_050],
    ['0.0049', 0],
    ['0.0050', 1],
    ['-0.0050', -1],
    ['-0.0049', 0],
    ['1.0149', 101],
    ['1.0150', 102],
  ])('of %s is %i cents, rounded half up away from zero', (text, minor) => {
    expect(toMoney(text, 'USD')).toEqual({ minor, currency: 'USD' });
  });

  it('is exact to half a cent, or refused', () => {
    fc.assert(
      fc.property(value, (tenThousandths) => {
        const text = fromTenThousandths(tenThousandths);
        if (tenThousandths > 9_007_199_254_740_991_00n || tenThousandths < -9_007_199_254_740_991_00n) return;
        const { minor } = toMoney(text, 'USD');
        const off = BigInt(minor) * 100n - tenThousandths;
        expect(off <= 50n && off >= -50n).toBe(true);
        expect(money.safeParse({ minor, currency: 'USD' }).success).toBe(true);
      }),
      runs(300),
    );
  });

  it.each([2n ** 53n, -(2n ** 53n), 10n ** 30n])(
    'of %i minor units is refused rather than rounded',
    (minor) => {
      expect(() => moneyOf(minor, 'USD')).toThrow(RangeError);
      expect(moneyOf(2n ** 53n - 1n, 'USD').minor).toBe(Number.MAX_SAFE_INTEGER);
    },
  );

  it('is read with its currency', () => {
    expect(formatMoney({ minor: -120_050, currency: 'EUR' })).toBe('-1200.50 EUR');
    expect(formatMoney({ minor: 5, currency: 'USD' })).toBe('0.05 USD');
  });
});
