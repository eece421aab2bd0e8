import {
  type Reserved,
  dayField,
  type Share,
  type Spending,
  spentKey,
  spentOn,
  type Spent,
} from '../budget/budget.ts';
import type { Write } from '../change.ts';
import { formatMoney } from '../money.ts';

/** Takes the shares of their scopes' rows, in the transaction that starts the action: within every limit or not at all. */
export function reserve(
  spending: Spending,
  day: string,
): { readonly reserved?: Reserved; readonly writes: readonly Write[] } {
  if (spending.length === 0) return { writes: [] };
  const of = Object.fromEntries(
    spending.map(({ scope, currency: code, minor }) => [`${scope} ${code}`, minor] as const),
  );
  const writes = spending.map(({ scope, currency: code, minor, perDay, perMonth }): Write => ({
    kind: 'spend',
    key: spentKey(scope, day, code),
    day: dayField(day),
    minor,
    ...(perDay !== undefined && { perDay }),
    ...(perMonth !== undefined && { perMonth }),
  }));
  return { reserved: { day, of }, writes };
}

/** Gives back what a call without effect had taken, in the transaction that says so. */
export function giveBack(taken: Reserved | undefined): readonly Write[] {
  if (!taken) return [];
  return Object.entries(taken.of).map(([share, minor]): Write => {
    const [scope = '', code = ''] = share.split(' ');
    const key = spentKey(scope, taken.day, code);
    return { kind: 'spend', key, day: dayField(taken.day), minor: -minor };
  });
}

/** The first limit it goes beyond, in words; what was spent counts as far as it was looked at. */
export function overspent(spending: Spending, spent: Spent | undefined, day: string): string | undefined {
  for (const share of spending) {
    const { scope, currency, minor, perDay, perMonth } = share;
    const used = spentOn(spent?.get(spentKey(scope, day, currency).pk), day);
    const over =
      perDay !== undefined && used.day + minor > perDay
        ? { limit: perDay, used: used.day, period: 'day' }
        : perMonth !== undefined && used.month + minor > perMonth
          ? { limit: perMonth, used: used.month, period: 'month' }
          : undefined;
    if (over) return describe(share, over);
  }
  return undefined;
}

function describe(
  { scope, currency, minor }: Share,
  over: { readonly limit: number; readonly used: number; readonly period: string },
): string {
  const money = (value: number) => formatMoney({ minor: value, currency });
  return `${scope} may spend ${money(over.limit)} a ${over.period} (UTC): ${money(over.used)} are spent or in flight, and this asks for ${money(minor)}`;
}
