import type { Budget, Share, Spending } from '../budget/budget.ts';
import type { Tool } from '../governance/tool.ts';
import { decimalString, toTenThousandths } from '../money.ts';
import { convertAmount } from './convert-amount.ts';
import type { DecisionRequest } from './decision.ts';
import type { ReleaseBundle } from './release.ts';
import { InputError } from './shape-value.ts';

/** One party of an action, and what the amount is worth to it in the currency its rules see. */
type Spender = {
  readonly scopes: readonly string[];
  readonly currency: string | undefined;
  /** The amount the tool moves, as rules see it. */
  readonly amount: string | undefined;
};

/**
 * What a call takes of the budgets that concern it: the amount it moves and what it costs, up to the next minor unit.
 * Throws `InputError` when a budget concerns it and the sum can't be told exactly in that budget's currency.
 */
export function spendingOf(
  bundle: Pick<ReleaseBundle, 'budgets' | 'units' | 'exchangeRates'>,
  tool: Pick<Tool, 'amount' | 'cost'>,
  request: Pick<DecisionRequest, 'agent' | 'links' | 'workflow' | 'input'>,
): Spending {
  const { budgets = [] } = bundle;
  if (budgets.length === 0 || (!tool.amount && tool.cost === undefined)) return [];
  const input = request.input as Readonly<Record<string, unknown>>;
  const spenders = [request.agent, ...(request.links ?? [])].map((agent): Spender => {
    const unit = bundle.units.find(({ id }) => id === agent.unit);
    const worth = unit && (bundle.exchangeRates ?? unit);
    return {
      scopes: [`agent:${agent.id}`, `unit:${agent.unit}`, `workflow:${request.workflow ?? ''}`],
      currency: worth?.currency,
      amount: convertAmount(tool, input, worth),
    };
  });
  const shares = spenders.flatMap((spender) => sharesOf(budgets, spender, costOf(tool, input)));
  return [...new Map(shares.map((share) => [share.scope, share])).values()];
}

function sharesOf(
  budgets: readonly Budget[],
  { scopes, currency, amount = '0' }: Spender,
  cost: bigint,
): readonly Share[] {
  const minor = minorOf(toTenThousandths(amount) + cost);
  return scopes.flatMap((scope) => {
    const own = budgets.filter((budget) => budget.scope === scope);
    const [first] = own;
    if (!first || minor === 0) return [];
    const foreign = own.find((budget) => budget.currency !== currency);
    if (foreign) {
      const seen = currency ?? 'no currency';
      throw new InputError(
        'currency',
        `budget ${foreign.id} is in ${foreign.currency}, amounts are seen in ${seen}`,
      );
    }
    return [{ scope, currency: first.currency, minor, ...tightest(own) }];
  });
}

function tightest(budgets: readonly Budget[]): Pick<Share, 'perDay' | 'perMonth'> {
  const least = (limits: readonly (string | undefined)[]) => {
    const known = limits.filter((limit) => limit !== undefined).map((limit) => floorOf(limit));
    return known.length > 0 ? Math.min(...known) : undefined;
  };
  const perDay = least(budgets.map((budget) => budget.perDay));
  const perMonth = least(budgets.map((budget) => budget.perMonth));
  return { ...(perDay !== undefined && { perDay }), ...(perMonth !== undefined && { perMonth }) };
}

/** A limit in minor units; what of it is finer than those is not there to be spent. */
const floorOf = (limit: string): number => counted(toTenThousandths(limit) / 100n);

const minorOf = (tenThousandths: bigint): number => counted((tenThousandths + 99n) / 100n);

function counted(minor: bigint): number {
  if (Number.isSafeInteger(Number(minor))) return Number(minor);
  throw new InputError('amount', 'is beyond what can be counted exactly');
}

function costOf({ cost }: Pick<Tool, 'cost'>, input: Readonly<Record<string, unknown>>): bigint {
  if (cost === undefined) return 0n;
  if (typeof cost === 'string') return toTenThousandths(cost);
  const value = input[cost.of];
  const read = decimalString.safeParse(typeof value === 'number' ? String(value) : value);
  if (!read.success || read.data.startsWith('-'))
    throw new InputError(cost.of, 'what the call costs depends on it: a number of at most four places');
  return (toTenThousandths(cost.each) * toTenThousandths(read.data) + 9_999n) / 10_000n;
}
