import * as z from 'zod';

/** ISO 4217 code. */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'three capital letters, like USD');

/** A decimal string with at most four places, `1200.50`: never a float. */
export const decimalString = z
  .string()
  .regex(/^-?(0|[1-9]\d{0,13})(\.\d{1,4})?$/, 'a decimal with at most four places, like "1200.50"');

/** Money in rows: integer minor units (hundredths) and the currency. */
export const money = z.object({ minor: z.int(), currency });
export type Money = z.infer<typeof money>;

const PLACES = 4n;
const SCALE = 10n ** PLACES;

/** A decimal string as ten-thousandths, exactly. */
export function toTenThousandths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimalString.parse(decimal).replace('-', '').split('.');
  const magnitude = BigInt(whole) * SCALE + BigInt(fraction.padEnd(Number(PLACES), '0'));
  return decimal.startsWith('-') ? -magnitude : magnitude;
}

/** Ten-thousandths as a decimal string with at least two places, `1200.50` or `0.0125`. */
export function fromTenThousandths(value: bigint): string {
  const magnitude = value < 0n ? -value : value;
  const fraction = (magnitude % SCALE)
    .toString()
    .padStart(Number(PLACES), '0')
    .replace(/0{1,2}$/, '');
  return `${value < 0n ? '-' : ''}${magnitude / SCALE}.${fraction}`;
}

/** A decimal amount as money, rounded half up to the hundredth. Throws `RangeError` as `moneyOf` does. */
export function toMoney(decimal: string, code: string): Money {
  const value = toTenThousandths(decimal);
  const half = value < 0n ? -50n : 50n;
  return moneyOf((value + half) / 100n, code);
}

/** Minor units as money. Throws `RangeError` beyond what a number holds exactly, rather than round it. */
export function moneyOf(minor: bigint, code: string): Money {
  if (!Number.isSafeInteger(Number(minor)))
    throw new RangeError(`${minor} minor units can't be held exactly`);
  return { minor: Number(minor), currency: code };
}

export function formatMoney({ minor, currency: code }: Money): string {
  return `${fromTenThousandths(BigInt(minor) * 100n)} ${code}`;
}
