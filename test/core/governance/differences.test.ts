import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareReleases } from '../../../core/governance/compare-releases.ts';
import { fieldDifferences } from '../../../core/governance/field-difference.ts';
import { lineDifference } from '../../../core/governance/line-difference.ts';
import { budget, order, someBundle, someManifests } from '../../harness/release.ts';

describe('the difference of two contents', () => {
  const key = (x: string, kid = 'k1') => ({ kty: 'OKP', crv: 'Ed25519', x, kid });
  const long = (end: string) => `${'Buys what people ask for, '.repeat(5)}${end}`;
  const names = Array.from({ length: 40 }, (_, n) => `vendor-${n}`);

  it.each<[string, object, object, object[]]>([
    ['nothing for equal values', { a: 1, b: [1] }, { b: [1], a: 1 }, []],
    [
      'a value',
      { stage: 'pilot' },
      { stage: 'suspended' },
      [{ field: 'stage', before: 'pilot', after: 'suspended' }],
    ],
    ['what came', {}, { cost: '1.00' }, [{ field: 'cost', after: '1.00' }]],
    ['what went', { cost: '1.00' }, {}, [{ field: 'cost', before: '1.00' }]],
    [
      'the leaf by its path',
      { baseline: { owner: 'a', label: 'x' } },
      { baseline: { owner: 'b', label: 'x' } },
      [{ field: 'baseline.owner', before: 'a', after: 'b' }],
    ],
    [
      'a short list whole',
      { roles: ['a', 'b'] },
      { roles: ['b', 'a'] },
      [{ field: 'roles', before: '[a, b]', after: '[b, a]' }],
    ],
    [
      'of a long list what came and went',
      { lists: names },
      { lists: [...names.slice(1), 'Acme'] },
      [{ field: 'lists', before: '40 values, gone: vendor-0', after: '40 values, new: Acme' }],
    ],
  ])('is %s', (_, before, after, expected) => {
    expect(fieldDifferences(before as never, after as never)).toEqual(expected);
  });

  it('shows a key by its kid, another one under the same kid too, and never the key', () => {
    const [difference] = fieldDifferences({ keys: [key('AAAA')] }, { keys: [key('BBBB')] });
    expect(difference?.before).toMatch(/^k1 \([0-9a-f]{8}\)$/);
    expect(difference?.after).toMatch(/^k1 \([0-9a-f]{8}\)$/);
    expect(difference?.before).not.toBe(difference?.after);
    expect(JSON.stringify(difference)).not.toMatch(/AAAA|BBBB/);
  });

  it('cuts long texts to where they part', () => {
    const [difference] = fieldDifferences({ purpose: long('cheaply') }, { purpose: long('soon') });
    expect(difference?.before).toMatch(/^….{16}cheaply$/);
    expect(difference?.after).toMatch(/^….{16}soon$/);
  });

  it('leaves out what the registry keeps for itself', () => {
    expect(fieldDifferences({ version: 1, id: 'a' }, { id: 'a' }, ['version'])).toEqual([]);
  });
});

describe('the difference of two texts', () => {
  it('is the lines that went and came', () => {
    expect(lineDifference('permit\nwhen a\n;', 'permit\nwhen b\nunless c\n;')).toEqual([
      '- when a',
      '+ when b',
      '+ unless c',
    ]);
  });

  it('makes the one text out of the other', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDifference(before, after);
        const of = (mark: string) =>
          lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2));
        const sorted = (all: readonly string[]) => [...all].sort();
        expect(sorted([...before.split('\n'), ...of('+ ')])).toEqual(
          sorted([...after.split('\n'), ...of('- ')]),
        );
        expect(lines.length === 0).toBe(before === after);
      }),
    );
  });
});

describe('the difference of two releases', () => {
  const rule = (amount: string) =>
    `@id("operations-limit") @title("Limit")\nforbid (principal, action == AutonomyOS::Action::"${order.name}", resource)\nwhen { context.input.quantity > ${amount} };`;
  const bundle = (operations: readonly object[], amount = '5') =>
    someBundle({
      policies: { operations: rule(amount) },
      manifests: { ...someManifests, operations: operations as never },
    });
  const [unit = {}] = someManifests['operations'] ?? [];

  it('is empty for the same rules, wherever they stand', () => {
    const same = bundle([unit, order]);
    const moved = {
      ...same,
      policies: same.policies.map((policy) => ({ ...policy, file: 'b.cedar', line: 7 })),
    };
    expect(compareReleases(same, moved)).toEqual([]);
  });

  it('names tool and field, unit and field, and shows a policy by its lines', () => {
    const changed = { ...order, input: { ...order.input, required: ['vendor'] }, groups: ['write'] };
    const found = compareReleases(
      bundle([unit, order]),
      bundle([{ ...unit, currency: 'EUR', rates: [] }, changed], '9'),
    );
    expect(
      found.map(({ noun, id, action, fields }) => [noun, id, action, fields.map(({ field }) => field)]),
    ).toEqual([
      ['unit', 'operations', 'changed', ['currency', 'rates']],
      ['review', order.name, 'changed', ['definition']],
      ['tool', order.name, 'changed', ['groups', 'input.required', 'reviewed']],
      ['policy', 'operations-limit', 'changed', []],
    ]);
    expect(found.at(-1)?.lines).toEqual([
      '- when { context.input.quantity > 5 };',
      '+ when { context.input.quantity > 9 };',
    ]);
  });

  it('tells what came and what went, each with its layer', () => {
    const found = compareReleases(bundle([unit, order]), bundle([unit, budget]));
    expect(found.map(({ noun, id, action, layers }) => [noun, id, action, layers])).toEqual([
      ['review', order.name, 'changed', ['coe']],
      ['review', budget.name, 'changed', ['coe']],
      ['tool', order.name, 'removed', ['operations']],
      ['tool', budget.name, 'added', ['operations']],
    ]);
    expect(compareReleases(undefined, bundle([unit, order])).every(({ action }) => action === 'added')).toBe(
      true,
    );
  });

  it('knows both layers of what changes hands', () => {
    const moved = someBundle({
      manifests: {
        ...someManifests,
        operations: [unit],
        logistics: [...(someManifests['logistics'] ?? []), order],
      },
    });
    const found = compareReleases(bundle([unit, order]), moved);
    expect(found.find(({ noun, id }) => noun === 'tool' && id === order.name)?.layers).toEqual([
      'operations',
      'logistics',
    ]);
  });
});
