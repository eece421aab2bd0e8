import { decimalString, fromTenThousandths, toTenThousandths } from '../money.ts';
import type { ApprovalRow } from './approval.ts';
import { type Electorate, eligiblePeople } from './count-votes.ts';
import { openSeats } from './ways.ts';

type Facts = { readonly approval: ApprovalRow; readonly electorate: Electorate };

/** Whether an approval waits for this person's word now: in time, theirs to decide, and not decided by them. */
export function isAwaited({ approval, electorate }: Facts, person: string, now: Date): boolean {
  const inTime = approval.status === 'pending' && now.getTime() < Date.parse(approval.expiresAt);
  return inTime && mayDecide({ approval, electorate }, person, now) && !hasVoted(approval, person);
}

/** Whether this person may see it: it is theirs to decide, or they did. */
export function concerns(facts: Facts, person: string, now: Date): boolean {
  return hasVoted(facts.approval, person) || mayDecide(facts, person, now);
}

const hasVoted = ({ votes }: ApprovalRow, person: string) => votes.some((vote) => vote.person === person);

const mayDecide = ({ approval, electorate }: Facts, person: string, now: Date) =>
  eligiblePeople(electorate, openSeats(approval.guards, approval, now)).some(({ id }) => id === person);

/** Like requests together (same tool, agent and guards), the most urgent first, in each and among them. */
export function alike<T extends { readonly approval: ApprovalRow }>(
  requests: readonly T[],
): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const request of requests.toSorted((a, b) => urgency(a) - urgency(b))) {
    const { tool, agent, guards } = request.approval;
    const key = JSON.stringify([tool, agent, ...guards.map(({ id }) => id).sort()]);
    const group = groups.get(key);
    if (group) group.push(request);
    else groups.set(key, [request]);
  }
  return [...groups.values()];
}

const urgency = ({ approval }: { readonly approval: ApprovalRow }) => Date.parse(approval.expiresAt);

export type Sum = { readonly currency: string; readonly total: string };

/** What inputs ask for together, by currency; exactly, and `undefined` when one of them does not say. */
export function sumOf(
  inputs: readonly Readonly<Record<string, unknown>>[],
  fields: { readonly value: string; readonly currency: string },
): readonly Sum[] | undefined {
  const sums = new Map<string, bigint>();
  for (const input of inputs) {
    const [value, currency] = [input[fields.value], input[fields.currency]];
    const decimal = decimalString.safeParse(typeof value === 'number' ? String(value) : value);
    if (!decimal.success || typeof currency !== 'string') return undefined;
    sums.set(currency, (sums.get(currency) ?? 0n) + toTenThousandths(decimal.data));
  }
  return [...sums].map(([currency, total]) => ({ currency, total: fromTenThousandths(total) }));
}
