import type { Tool } from '../governance/tool.ts';
import { decimalString, fromTenThousandths, toTenThousandths } from '../money.ts';
import type { ReleaseBundle } from './release.ts';
import { InputError } from './shape-value.ts';

/** Whose rates count: the centre's (`coe`) where it fixes them, the unit's own otherwise. */
type Worth = Pick<ReleaseBundle['units'][number], 'id' | 'currency' | 'rates'>;

/**
 * The amount a call moves, in one currency by dated rates (the centre's, else the unit's), exact and then up to the
 * next ten-thousandth, so that no amount slips under a limit. Throws
 * `InputError` when the tool's fields hold no amount or the unit has no rate: then nobody may guess.
 */
export function convertAmount(
  tool: Pick<Tool, 'amount'>,
  input: Readonly<Record<string, unknown>>,
  worth: Worth | undefined,
): string | undefined {
  if (!tool.amount) return undefined;
  const value = decimalString.safeParse(input[tool.amount.value]);
  const code = input[tool.amount.currency];
  if (!value.success)
    throw new InputError(tool.amount.value, 'must be a decimal as a string, like "1200.50"');
  if (value.data.startsWith('-')) throw new InputError(tool.amount.value, 'must not be negative');
  if (typeof code !== 'string') throw new InputError(tool.amount.currency, 'must name the currency');
  if (!worth) throw new InputError(tool.amount.currency, 'the unit has no currency in this release');
  if (code === worth.currency) return fromTenThousandths(toTenThousandths(value.data));
  const rate = worth.rates.find((candidate) => candidate.currency === code);
  if (rate) return convertUp(value.data, rate.rate);
  const whose = worth.id === 'coe' ? 'the centre' : `unit ${worth.id}`;
  throw new InputError(tool.amount.currency, `${whose} has no rate from ${code} to ${worth.currency}`);
}

const SCALE = 10_000n;

function convertUp(amount: string, rate: string): string {
  const product = toTenThousandths(amount) * toTenThousandths(rate);
  return fromTenThousandths((product + SCALE - 1n) / SCALE);
}
