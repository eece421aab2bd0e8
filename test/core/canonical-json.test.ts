import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digest } from '../../core/canonical-json.ts';
import { runs } from './property-runs.ts';

/** Objects made of the same members in any order. */
const shuffled = (value: unknown): fc.Arbitrary<unknown> => {
  if (Array.isArray(value)) return fc.tuple(...value.map(shuffled));
  if (typeof value !== 'object' || value === null) return fc.constant(value);
  const entries = Object.entries(value);
  return fc
    .tuple(
      fc.shuffledSubarray(entries, { minLength: entries.length, maxLength: entries.length }),
      fc.tuple(...entries.map(([, member]) => shuffled(member))),
    )
    .map(([order, members]) =>
      Object.fromEntries(order.map(([key]) => [key, members[entries.findIndex(([each]) => each === key)]])),
    );
};
const json = fc.jsonValue({ maxDepth: 4 }).filter(isPlain);

/** Leaves out what JSON itself does not keep: unsafe integers, the sign of zero, a key that is not one. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'number') {
    return !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  }
  if (typeof value !== 'object' || value === null) return true;
  return !Object.hasOwn(value, '__proto__') && Object.values(value).every(isPlain);
}

describe('canonical JSON', () => {
  it('is the same text for the same value, whatever the order of its keys', () => {
    const pairs = json.chain((value) => fc.tuple(fc.constant(value), shuffled(value)));
    fc.assert(
      fc.property(pairs, ([value, other]) => {
        expect(canonicalJson(other)).toBe(canonicalJson(value));
        expect(digest(other)).toBe(digest(value));
      }),
      runs(300),
    );
  });

  it('is another text for another value', () => {
    const few = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        fc.constantFrom<unknown>(null, 0, 1, '', '0', 'null', true, false, '[]', ',', '":"'),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'a":1,"b'), tie('value'), { noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(few, few, (one, other) => {
        expect(canonicalJson(one) === canonicalJson(other)).toBe(isDeepStrictEqual(one, other));
      }),
      runs(500),
    );
  });

  it('reads back as what it was', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
      runs(300),
    );
  });

  it.each([
    [{ b: 1, a: [2, { d: null, c: '' }] }, '{"a":[2,{"c":"","d":null}],"b":1}'],
    [{ '10': 1, '9': 2, B: 3, a: 4, é: 5 }, '{"10":1,"9":2,"B":3,"a":4,"é":5}'],
    ['a\n"\u0000\u2028🙂', '"a\\n\\"\\u0000\u2028🙂"'],
    ['\ud800', '"\\ud800"'],
    [1.5, '1.5'],
    [1e-7, '1e-7'],
    [-0, '0'],
    [9_007_199_254_740_991, '9007199254740991'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
  ])('writes %j as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each<[string, unknown]>([
    ['an integer beyond 2^53', 2 ** 53],
    ['a negative one', -(2 ** 53)],
    ['one in disguise', 1e21],
    ['no number', Number.NaN],
    ['endlessness', Number.POSITIVE_INFINITY],
    ['a big integer', 1n],
    ['nothing', undefined],
    ['nothing in a list', [1, undefined]],
    ['a hole in a list', [1, , 2]],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a date, which would vanish', new Date(0)],
    ['a map, which would vanish', new Map([[1, 2]])],
    ['a set, which would vanish', new Set([1])],
    ['bytes', new Uint8Array([1])],
    ['a pattern', /a/],
  ])('refuses %s, wherever it stands', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
    expect(() => canonicalJson({ a: [{ b: [value] }] })).toThrow(TypeError);
  });

  it('gives the digest everybody else computes', () => {
    expect(digest({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
