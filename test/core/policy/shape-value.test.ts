import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRelease } from '../../../core/policy/compile-release.ts';
import { decide } from '../../../core/policy/decide.ts';
import { inputShape, type RecordShape, type Shape } from '../../../core/policy/input-shape.ts';
import { releaseHash } from '../../../core/policy/release.ts';
import { cedarRecord, InputError } from '../../../core/policy/shape-value.ts';
import { someBundle, someManifests, someRequest, truck } from '../../harness/release.ts';
import { runs } from '../property-runs.ts';

type Json = Readonly<Record<string, unknown>>;

const oneField = (field: Json, value: unknown) =>
  cedarRecord(inputShape({ type: 'object', properties: { a: field } }), { a: value })['a'];
const decimal = (arg: string) => ({ __extn: { fn: 'decimal', arg } });

describe('a value as policy sees it', () => {
  it.each<[string, Json, unknown, unknown]>([
    ['text stays', { type: 'string' }, '2026-01-01 ünï 🙂\u0000', '2026-01-01 ünï 🙂\u0000'],
    ['an integer stays', { type: 'integer' }, -9_007_199_254_740_991, -9_007_199_254_740_991],
    ['a whole number gets a fraction', { type: 'number' }, 500, decimal('500.0')],
    ['a number keeps four places', { type: 'number' }, 0.0001, decimal('0.0001')],
    ['a negative number stays negative', { type: 'number' }, -1.5, decimal('-1.5')],
    [
      'a decimal string keeps its zeros',
      { type: 'string', format: 'decimal' },
      '1200.50',
      decimal('1200.50'),
    ],
    ['a whole decimal string gets a fraction', { type: 'string', format: 'decimal' }, '7', decimal('7.0')],
    [
      'a list keeps its order',
      { type: 'array', items: { type: 'number' } },
      [2, 1],
      [decimal('2.0'), decimal('1.0')],
    ],
    [
      'a record keeps its fields',
      { type: 'object', properties: { b: { type: 'boolean' } } },
      { b: false },
      { b: false },
    ],
    ['what is opaque is not shown', {}, { __extn: { fn: 'ip', arg: 'x' } }, undefined],
  ])('%s', (_, field, value, seen) => {
    expect(oneField(field, value)).toEqual(seen);
  });

  it.each<[string, Json, unknown]>([
    ['five places', { type: 'number' }, 0.00001],
    ['a sum that is not what it looks like', { type: 'number' }, 0.1 + 0.2],
    ['an exponent', { type: 'number' }, 1e21],
    ['fifteen digits before the point', { type: 'number' }, 100_000_000_000_000],
    ['no number', { type: 'number' }, Number.NaN],
    ['endless', { type: 'number' }, Number.POSITIVE_INFINITY],
    ['a number in a string', { type: 'number' }, '1'],
    ['a string in a number', { type: 'string', format: 'decimal' }, 1],
    ['a decimal with a plus', { type: 'string', format: 'decimal' }, '+1.0'],
    ['a decimal with a comma', { type: 'string', format: 'decimal' }, '1,000.00'],
    ['a decimal with leading zeros', { type: 'string', format: 'decimal' }, '007'],
    ['a decimal with a space', { type: 'string', format: 'decimal' }, '1.0 '],
    ['a decimal with a line break', { type: 'string', format: 'decimal' }, '1.0\n'],
    ['a decimal of other digits', { type: 'string', format: 'decimal' }, '١.٠'],
    ['an empty decimal', { type: 'string', format: 'decimal' }, ''],
    ['an unsafe integer', { type: 'integer' }, 2 ** 53],
    ['a big integer', { type: 'integer' }, 1n],
    ['an integer that is text', { type: 'integer' }, '1'],
    ['a truth that is a number', { type: 'boolean' }, 1],
    ['text that is nothing', { type: 'string' }, null],
    ['half a character', { type: 'string' }, 'a\udc00'],
    ['another than the listed', { type: 'string', enum: ['x'] }, 'X'],
    ['a list that is text', { type: 'array', items: { type: 'string' } }, 'abc'],
    ['a list of mixed things', { type: 'array', items: { type: 'string' } }, ['a', 1]],
    ['a record that is a list', { type: 'object', properties: {} }, []],
    ['a field nobody named', { type: 'object', properties: {} }, JSON.parse('{"__proto__": 1}')],
  ])('refuses %s, by its path', (_, field, value) => {
    expect(() => oneField(field, value)).toThrow(InputError);
    expect(() => oneField(field, value)).toThrow(/^a/);
  });

  it('names the path down to the element', () => {
    const items = { type: 'object', properties: { n: { type: 'integer' } } };
    expect(() => oneField({ type: 'array', items }, [{ n: 1 }, { n: 'x' }])).toThrow('a[1].n: must be');
  });
});

/** Random schemas as tools may have them, and values that fit them or nearly do. */
const names = fc.constantFrom('a', 'total', 'constructor', 'toString', 'type', 'ключ', 'with space');
const leaf = fc.constantFrom<Json>(
  { type: 'string' },
  { type: 'string', enum: ['x', 'y'] },
  { type: 'string', format: 'decimal' },
  { type: 'integer' },
  { type: 'number' },
  { type: 'boolean' },
  {},
);
const objectOf = (field: fc.Arbitrary<Json>) =>
  fc
    .tuple(fc.dictionary(names, field, { maxKeys: 4, noNullPrototype: true }), fc.boolean())
    .map(([properties, strict]): Json => {
      const required = strict ? Object.keys(properties) : [];
      return { type: 'object', properties, required };
    });
const field: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: leaf },
  { weight: 1, arbitrary: leaf.map((items): Json => ({ type: 'array', items })) },
  { weight: 1, arbitrary: objectOf(leaf) },
);
const schema = objectOf(field);

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -10_000_000, max: 10_000_000 }).map((n) => n / 10_000),
  fc.double(),
);
const decimalText = fc.oneof(
  fc
    .tuple(fc.bigInt(-(10n ** 14n), 10n ** 14n), fc.integer({ min: 0, max: 99_999 }))
    .map(([whole, fraction]) => `${whole}.${fraction}`),
  fc.constantFrom('0', '-0.0', '1200.50', '1e3', ''),
);
const noise: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary' }),
  number,
  fc.constantFrom(null, true, [], {}, 'x', '\ud800', 2 ** 53),
);

function fitting(of: Json): fc.Arbitrary<unknown> {
  const properties = of['properties'] as Readonly<Record<string, Json>> | undefined;
  if (properties) {
    const fields = Object.entries(properties).map(([name, each]) =>
      fc.tuple(fc.constant(name), orNoise(fitting(each))),
    );
    return fc.tuple(...fields).map((entries) => Object.fromEntries(entries));
  }
  if (of['type'] === 'array') return fc.array(orNoise(fitting(of['items'] as Json)), { maxLength: 3 });
  if (of['format'] === 'decimal') return decimalText;
  if (of['type'] === 'integer') return fc.maxSafeInteger();
  if (of['type'] === 'number') return number;
  if (of['type'] === 'boolean') return fc.boolean();
  if (of['type'] === 'string') return fc.oneof(fc.constantFrom('x', 'y'), fc.string({ unit: 'binary' }));
  return noise;
}
const orNoise = (value: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 24, arbitrary: value }, { weight: 1, arbitrary: noise });

const tried = schema.chain((of) => fc.tuple(fc.constant(of), orNoise(fitting(of))));

/** Ten-thousandths of a decimal, by text alone. */
function exactly(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(`${whole}${fraction.padEnd(4, '0')}`);
}

function expectSame(shape: Shape, value: unknown, seen: unknown): void {
  switch (shape.kind) {
    case 'opaque':
      expect(seen).toBeUndefined();
      break;
    case 'string':
    case 'long':
    case 'boolean':
      expect(Object.is(seen, value) || (seen === 0 && value === 0)).toBe(true);
      break;
    case 'decimal':
    case 'decimal-string': {
      const { __extn } = seen as ReturnType<typeof decimal>;
      expect(__extn.arg).toMatch(/^-?\d{1,14}\.\d{1,4}$/);
      expect(exactly(__extn.arg)).toBe(exactly(String(value)));
      break;
    }
    case 'set':
      expect(seen).toHaveLength((value as unknown[]).length);
      (value as unknown[]).forEach((each, n) => expectSame(shape.element, each, (seen as unknown[])[n]));
      break;
    case 'record':
      expectSameFields(shape, value as Json, seen as Json);
  }
}

function expectSameFields(shape: RecordShape, value: Json, seen: Json): void {
  expect(Object.keys(shape.fields)).toEqual(expect.arrayContaining(Object.keys(value)));
  const own = (of: Json, name: string) => (Object.hasOwn(of, name) ? of[name] : undefined);
  for (const [name, { shape: field, required }] of Object.entries(shape.fields)) {
    if (required) expect(Object.hasOwn(value, name)).toBe(true);
    if (own(value, name) !== undefined) expectSame(field, value[name], own(seen, name));
  }
}

describe('any value of any schema', () => {
  it('is shown to policy exactly, or refused as an input', () => {
    let shown = 0;
    fc.assert(
      fc.property(tried, ([of, value]) => {
        const shape = inputShape(of);
        let seen: Json;
        try {
          seen = cedarRecord(shape, value);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        shown += 1;
        expectSame(shape, value, seen);
      }),
      runs(400),
    );
    expect(shown).toBeGreaterThan(40);
  });

  it('is understood by the engine whenever it is shown', () => {
    const permit = '@id("coe-all") permit (principal, action, resource);';
    let allowed = 0;
    fc.assert(
      fc.property(tried, ([input, value]) => {
        const tool = { ...truck, input };
        const manifests = {
          ...someManifests,
          logistics: [...(someManifests['logistics'] ?? []).slice(0, 1), tool],
        };
        const bundle = someBundle({ policies: { coe: permit }, manifests });
        const agent = { ...someRequest().agent, unit: 'logistics' };
        const request = someRequest({ agent, tool: truck.name, input: value });
        const decision = decide(compileRelease(bundle, releaseHash(bundle)), request);
        if (decision.outcome === 'allow') allowed += 1;
        else expect(decision).toMatchObject({ reason: 'invalid-input' });
      }),
      runs(150),
    );
    expect(allowed).toBeGreaterThan(15);
  });
});
