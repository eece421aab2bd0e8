import { shownOf } from '../../core/action/action.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { ApprovalFacts } from '../aws/load-approval.ts';
import { visibleText } from '../../core/visible-text.ts';

/** One line of what is asked: a field of the input and its value, made visible. */
export type Fact = { readonly field: string; readonly value: string };

/** Fields people decide by come first: where it goes and how much it is. */
const FIRST = ['vendor', 'recipient', 'recipients', 'to', 'iban', 'account', 'total', 'amount', 'currency'];

/**
 * The whole input, field by field; destination and amount first, then by name, for the database keeps no order: each
 * look shows the same. Nothing is left out.
 */
export function inputFacts(input: Readonly<Record<string, unknown>>): readonly Fact[] {
  const rank = (field: string) => (FIRST.includes(field) ? FIRST.indexOf(field) : FIRST.length);
  return Object.entries(input)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([field, value]) => ({
      field: visibleText(field),
      value: visibleText(typeof value === 'string' ? value : canonicalJson(value), 'lines'),
    }));
}

/** The one-line summary of a request for subjects and headings: `erp.create_purchase_order: Northwind, 1200.00, USD`. */
export function summaryOf({ action }: Pick<ApprovalFacts, 'action'>): string {
  const leading = FIRST.map((field) => shownOf(action)[field]).filter((value) => typeof value === 'string');
  const values = leading.slice(0, 3).map((value) => visibleText(cut(value, 60)));
  return [`${action.tool}`, values.join(', ')].filter(Boolean).join(': ');
}

/** The first characters of a text; none is cut in half. */
export const cut = (text: string, characters: number) => [...text].slice(0, characters).join('');

/** Who must still agree, in words: `2 of finance`. */
export function seatsOf({ approval }: Pick<ApprovalFacts, 'approval'>): readonly string[] {
  const seats = approval.guards.flatMap(({ requires }) =>
    requires.map(({ group, count }) => `${count} of ${group}`),
  );
  return [...new Set(seats)];
}

/** A moment as people read it, always in UTC: `2026-11-23 14:05 UTC`. */
export const utc = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
