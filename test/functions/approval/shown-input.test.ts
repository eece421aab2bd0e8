import { expect, it } from 'vitest';
import { shownInput } from '../../../functions/approval/shown-input.ts';

const fieldsOf = (input: Readonly<Record<string, unknown>>) =>
  shownInput(input, 'short').facts.map(({ field }) => field);

it('shows destination and amount first and the rest by name, in whichever order the database keeps them', () => {
  const input = {
    justification: 'x',
    total: '5.00',
    vendor: 'Northwind',
    item: 'Chair',
    Unit: 'each',
    quantity: 1,
  };
  const order = ['vendor', 'total', 'Unit', 'item', 'justification', 'quantity'];
  expect(fieldsOf(input)).toEqual(order);
  expect(fieldsOf(Object.fromEntries(Object.entries(input).toReversed()))).toEqual(order);
});

it('leaves out the same fields at each look', () => {
  const fields = Array.from({ length: 40 }, (_, n) => [`f${String(n).padStart(2, '0')}`, n] as const);
  const seen = fieldsOf(Object.fromEntries(fields));
  expect(seen).toHaveLength(30);
  expect(fieldsOf(Object.fromEntries(fields.toReversed()))).toEqual(seen);
});
