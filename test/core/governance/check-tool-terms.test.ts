import { describe, expect, it } from 'vitest';
import { checkToolTerms } from '../../../core/governance/check-tool-terms.ts';
import { readManifests } from '../../../core/governance/manifest.ts';
import { budget, order, someBody } from '../../harness/release.ts';

const vera = { kind: 'Person', id: 'vera', name: 'Vera', email: 'vera@example.com' };
const gone = { ...vera, id: 'ben', email: 'ben@example.com', status: 'left' };
const text = { type: 'string' };
const tool = (name: string, fields: object = {}) => ({ ...order, amount: undefined, name, ...fields });
const look = (name: string, input: object) => ({ ...budget, name, input: { type: 'object', ...input } });
const withOrder = (fields: object, ...others: object[]) => ({
  coe: [vera, gone],
  operations: [{ ...order, ...fields }, ...(others as Record<string, unknown>[])],
  logistics: [tool('far.undo'), tool('far.shared', { shared: true })],
});

/** What is wrong with the order tool when it says this, among these other tools. */
function reasons(fields: object, ...others: object[]): readonly string[] {
  const { placed, findings } = readManifests(someBody({ manifests: withOrder(fields, ...others) }));
  expect(findings).toEqual([]);
  return checkToolTerms(placed).map(({ reason }) => reason);
}

const undo = tool('erp.undo');
const preview = look('erp.look', { required: ['vendor'], properties: { vendor: text } });
const settle = look('erp.settle', {
  required: ['action'],
  properties: { action: text, input: { type: 'object' } },
});

describe('what a tool says of itself', () => {
  it.each([
    ['nothing', {}],
    ['its owner', { owner: 'vera' }],
    ['a fixed cost', { cost: '0.02' }],
    ['a cost for each', { cost: { each: '0.02', of: 'quantity' } }],
    ['a cost for each of an amount', { cost: { each: '0.02', of: 'total' } }],
    ['attempts of a keyed tool', { attempts: 5 }],
    ['one attempt', { effect: 'at-most-once', attempts: 1 }],
    ['more time than the door has', { timeoutSeconds: 120 }],
    ['what undoes it', { compensation: 'erp.undo' }],
    ['what undoes it, of another unit that shares it', { compensation: 'far.shared' }],
    ['what shows it', { preview: 'erp.look' }],
    ['what settles it', { reconcile: 'erp.settle' }],
  ])('is fine: %s', (_, fields) => {
    expect(reasons(fields, undo, preview, settle)).toEqual([]);
  });

  it.each([
    ['nobody', { owner: 'vara' }, 'owner: vara is no active person: did you mean vera?'],
    ['somebody who left', { owner: 'ben' }, 'owner: ben is no active person'],
    [
      'no field',
      { cost: { each: '1', of: 'quantitty' } },
      'cost.of: quantitty is no field of input: did you mean quantity?',
    ],
    ['what is inherited', { cost: { each: '1', of: 'constructor' } }, 'cost.of: constructor is no'],
    ['no number', { cost: { each: '1', of: 'vendor' } }, 'cost.of: vendor is no number'],
    [
      'attempts that must not be',
      { effect: 'at-most-once', attempts: 2 },
      'attempts: an at-most-once tool is called once',
    ],
    [
      'no tool',
      { compensation: 'erp.undu' },
      'compensation: there is no tool erp.undu: did you mean erp.undo?',
    ],
    [
      'another unit’s',
      { compensation: 'far.undo' },
      'compensation: far.undo belongs to logistics and is not shared',
    ],
    ['itself', { compensation: order.name }, 'is the tool itself'],
    [
      'what only reads',
      { compensation: 'erp.look' },
      'compensation: erp.look only reads, so it undoes nothing',
    ],
    [
      'a look with an effect',
      { preview: 'erp.undo' },
      'preview: erp.undo has an effect: only a read tool may look',
    ],
    ['an answer with an effect', { reconcile: 'erp.undo' }, 'reconcile: erp.undo has an effect'],
    [
      'a look that asks for more',
      { preview: 'erp.settle' },
      'preview: erp.settle requires action, which it would not be given',
    ],
    [
      'an answer to another question',
      { reconcile: 'erp.look' },
      'reconcile: erp.look requires vendor, which it would not be given',
    ],
  ])('is refused by field: %s', (_, fields, reason) => {
    expect(reasons(fields, undo, preview, settle)[0]).toContain(reason);
  });

  it('is counted by what every call names', () => {
    const input = { ...order.input, required: ['vendor', 'total', 'currency'] };
    expect(reasons({ input, cost: { each: '1', of: 'quantity' } })).toEqual([
      'cost.of: quantity is no required field of input',
    ]);
  });
});
