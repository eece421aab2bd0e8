import * as z from 'zod';
import { agentId, name } from '../id.ts';
import { currency, decimalString } from '../money.ts';

/** Whose spending a budget limits, as one word: `unit:operations`, `workflow:procurement`, `agent:agt_buyer`. */
export const budgetScope = z.string().superRefine((text, context) => {
  const [kind = '', ...rest] = text.split(':');
  const schema = Object.hasOwn(scopeIds, kind) ? scopeIds[kind as keyof typeof scopeIds] : undefined;
  if (schema?.safeParse(rest.join(':')).success) return;
  context.addIssue(`${text} is no scope: write unit:, workflow: or agent: with an id`);
});
const scopeIds = { unit: name, workflow: name, agent: agentId } as const;

/** A scope's two parts. */
export function budgetOwner(scope: string): { readonly kind: keyof typeof scopeIds; readonly id: string } {
  const at = scope.indexOf(':');
  return { kind: scope.slice(0, at) as keyof typeof scopeIds, id: scope.slice(at + 1) };
}

/**
 * What may be spent in one scope in a UTC day and month: the amounts that tools move and what their calls cost. Of
 * several budgets of one scope each holds, so that a unit tightens what the centre set and never loosens it.
 */
export const budgetManifest = z.strictObject({
  kind: z.literal('Budget'),
  id: name,
  scope: budgetScope,
  /** The currency in which rules see amounts. */
  currency,
  perDay: decimalString.optional(),
  perMonth: decimalString.optional(),
});

/** A budget as a release pins it, with the layer that set it. */
export const pinnedBudget = z.object({ ...budgetManifest.omit({ kind: true }).shape, layer: z.string() });
export type Budget = z.infer<typeof pinnedBudget>;

/** A scope's one row a month: what of it is spent or in flight, in minor units, by day (`d27`) and altogether. */
export const spentKey = (scope: string, day: string, code: string) => ({
  pk: `BUDGET#${scope}`,
  sk: `${day.slice(0, 7)}#${code}`,
});
export const dayField = (day: string): string => `d${day.slice(8, 10)}`;

export const spentRow = z.looseObject({ v: z.literal(1), month: z.int() });

/** What a scope's row says of a day and its month; nothing was spent where there is none. */
export function spentOn(
  stored: Readonly<Record<string, unknown>> | undefined,
  day: string,
): { readonly day: number; readonly month: number } {
  if (!stored) return { day: 0, month: 0 };
  const row = spentRow.parse(stored);
  return { day: z.int().parse(row[dayField(day)] ?? 0), month: row.month };
}

/** What one action takes of one scope: at most so much may be spent there, in minor units. */
export type Share = {
  readonly scope: string;
  readonly currency: string;
  readonly minor: number;
  readonly perDay?: number;
  readonly perMonth?: number;
};

/** Everything an action takes of budgets; empty when no budget is concerned. */
export type Spending = readonly Share[];

/** What of scopes was spent, by their keys; absent while nobody looked. */
export type Spent = ReadonlyMap<string, Readonly<Record<string, unknown>> | undefined>;

/** The keys of the rows an action of this day takes from. */
export const keysOf = (spending: Spending, day: string) =>
  spending.map((share) => spentKey(share.scope, day, share.currency));

/** What an action took of budgets, as its row remembers it, so that a call without effect gives it back. */
export const reserved = z.object({
  day: z.iso.date(),
  /** Minor units by scope and currency, as in `unit:operations USD`. */
  of: z.record(z.string(), z.int().min(1)),
});
export type Reserved = z.infer<typeof reserved>;
