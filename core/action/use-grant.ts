import { canonicalJson } from '../canonical-json.ts';
import type { Change, Write } from '../change.ts';
import { decimalString, fromTenThousandths, toTenThousandths } from '../money.ts';
import type { ActionRow } from './action.ts';
import { grantKey, type GrantRow, type Limit, usesKey, type UsesRow } from './grant.ts';

/** One action that a grant may let through, and the rules it is decided by. */
export type Wanted = {
  readonly agent: string;
  readonly unit: string;
  readonly guard: string;
  readonly guardHash: string;
  readonly tool: {
    readonly name: string;
    readonly hash: string;
    readonly amount?: { readonly value: string; readonly currency: string } | undefined;
  };
  readonly input: Readonly<Record<string, unknown>>;
};

/** A grant that lets an action through, with what the action takes of it. */
export type GrantUse = {
  readonly grant: GrantRow;
  /** In ten-thousandths of the grant's currency; 0 where it says nothing of money. */
  readonly amount: number;
  /** What was left as it was read; uses of the same moment may have taken more. */
  readonly left: { readonly count: number; readonly money?: string };
};

/** Whether a grant is for this action, within its limits and not used up; whose votes it rests on is asked elsewhere. */
export function useOf(
  { grant, uses }: { readonly grant: GrantRow; readonly uses: UsesRow },
  wanted: Wanted,
  now: Date,
): GrantUse | undefined {
  const mine = grant.agent === wanted.agent && grant.unit === wanted.unit && grant.guard === wanted.guard;
  const same = grant.tool === wanted.tool.name && grant.toolHash === wanted.tool.hash;
  if (!mine || !same || grant.guardHash !== wanted.guardHash) return undefined;
  if (!stands(grant, now) || uses.uses >= grant.count) return undefined;
  if (!isWithin(grant.limits, wanted.input)) return undefined;
  const left = grant.count - uses.uses - 1;
  if (!grant.money) return { grant, amount: 0, left: { count: left } };
  const amount = amountOf(grant.money.currency, wanted);
  const rest = toTenThousandths(grant.money.total) - BigInt(uses.spent) - (amount ?? 0n);
  if (amount === undefined || rest < 0n) return undefined;
  return { grant, amount: Number(amount), left: { count: left, money: fromTenThousandths(rest) } };
}

/** Neither revoked nor over. */
export const stands = ({ revoked, until }: Pick<GrantRow, 'revoked' | 'until'>, now: Date): boolean =>
  revoked === undefined && now.getTime() < Date.parse(until);

function isWithin(limits: GrantRow['limits'], input: Wanted['input']): boolean {
  return Object.entries(limits).every(
    ([field, each]) => Object.hasOwn(input, field) && fits(each, input[field]),
  );
}

function fits({ equals, oneOf, max }: Limit, value: unknown): boolean {
  if (equals !== undefined && !isSame(equals, value)) return false;
  if (oneOf !== undefined && !oneOf.some((each) => isSame(each, value))) return false;
  if (max === undefined) return true;
  const decimal = decimalOf(value);
  return decimal !== undefined && decimal >= 0n && decimal <= toTenThousandths(max);
}

const isSame = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);

function decimalOf(value: unknown): bigint | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  const read = decimalString.safeParse(text);
  return read.success ? toTenThousandths(read.data) : undefined;
}

/** The tool's own amount in the grant's own currency; another currency is never converted. */
function amountOf(code: string, { tool: { amount }, input }: Wanted): bigint | undefined {
  if (!amount || input[amount.currency] !== code) return undefined;
  const value = decimalOf(input[amount.value]);
  return value !== undefined && value >= 0n ? value : undefined;
}

/** Counts the uses in the very transaction that starts the action; an action that does not start uses nothing. */
export function underGrants(change: Change<ActionRow>, uses: readonly GrantUse[]): Change<ActionRow> {
  if (uses.length === 0 || change.result.status !== 'started') return change;
  const [first, ...others] = change.events;
  const grants = uses.map(({ grant: { id, approval }, left }) => ({ id, approval, left }));
  return {
    ...change,
    writes: [...change.writes, ...uses.flatMap(countUse)],
    events: [{ ...first, data: { ...first.data, grants } }, ...others],
  };
}

function countUse({ grant: { id, version, count, money }, amount }: GrantUse): readonly Write[] {
  const most = money ? Number(toTenThousandths(money.total)) : 0;
  return [
    { kind: 'unchanged', key: grantKey(id), ifVersion: version },
    { kind: 'use', key: usesKey(id), count, amount, most },
  ];
}
