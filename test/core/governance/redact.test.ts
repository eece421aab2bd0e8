import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, REDACTED } from '../../../core/governance/redact.ts';

const marked = { type: 'string', 'x-autonomy-sensitive': true };
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

describe('what a schema marks as sensitive', () => {
  it.each<[string, unknown, unknown, unknown]>([
    [
      'a field',
      object({ iban: marked, name: {} }),
      { iban: 'DE1', name: 'A' },
      { iban: REDACTED, name: 'A' },
    ],
    [
      'a whole object',
      object({ person: { ...object({ a: {} }), 'x-autonomy-sensitive': true } }),
      { person: { a: 1 } },
      { person: REDACTED },
    ],
    ['everything', marked, 'secret', REDACTED],
    [
      'a field of each element',
      { items: object({ pin: marked }) },
      [{ pin: '1' }, { pin: '2', a: 3 }],
      [{ pin: REDACTED }, { pin: REDACTED, a: 3 }],
    ],
    ['one place of a tuple', { prefixItems: [{}, marked] }, ['a', 'b', 'c'], ['a', REDACTED, 'c']],
    ['the rest of a tuple', { prefixItems: [{}], items: marked }, ['a', 'b', 'c'], ['a', REDACTED, REDACTED]],
    [
      'fields nobody named',
      { properties: { a: {} }, additionalProperties: marked },
      { a: 1, b: 2 },
      { a: 1, b: REDACTED },
    ],
    [
      'fields by pattern',
      { patternProperties: { '^x-': marked } },
      { 'x-a': 1, b: 2 },
      { 'x-a': REDACTED, b: 2 },
    ],
    [
      'a branch',
      { oneOf: [object({ a: marked }), object({ b: {} })] },
      { a: 1, b: 2 },
      { a: REDACTED, b: 2 },
    ],
    ['a condition’s branch', { if: {}, then: object({ a: marked }) }, { a: 1 }, { a: REDACTED }],
    [
      'a definition',
      { $defs: { pin: marked }, properties: { a: { $ref: '#/$defs/pin' } } },
      { a: 1, b: 2 },
      { a: REDACTED, b: 2 },
    ],
    [
      'a definition with a slash in its name',
      { $defs: { 'a/b': marked }, properties: { a: { $ref: '#/$defs/a~1b' } } },
      { a: 1 },
      { a: REDACTED },
    ],
    [
      'a value of another type than said',
      object({ iban: marked }),
      { iban: { deep: ['x'] } },
      { iban: REDACTED },
    ],
    [
      'a field called __proto__',
      { additionalProperties: marked },
      JSON.parse('{"__proto__":1}'),
      JSON.parse(`{"__proto__":"${REDACTED}"}`),
    ],
  ])('is hidden: %s', (_, schema, value, shown) => {
    expect(redact(schema, value)).toEqual(shown);
  });

  it('is hidden at every depth of a schema that holds itself', () => {
    const tree = {
      $defs: { node: object({ pin: marked, child: { $ref: '#/$defs/node' } }) },
      $ref: '#/$defs/node',
    };
    const deep = { pin: 1, child: { pin: 2, child: { pin: 3 } } };
    expect(redact(tree, deep)).toEqual({ pin: REDACTED, child: { pin: REDACTED, child: { pin: REDACTED } } });
  });

  it.each(['https://example.com/other.json', '#anchor', '#/$defs/none', 7])(
    'is taken to be behind the reference %j, which nobody can follow',
    ($ref) => {
      expect(redact(object({ a: { $ref } }), { a: 'x', b: 'y' })).toEqual({ a: REDACTED, b: 'y' });
    },
  );

  it('does not loop on a reference to itself', () => {
    expect(redact({ $ref: '#' }, { a: 1 })).toEqual({ a: 1 });
  });

  it('is all that is hidden', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(redact({ properties: { a: { type: 'string' } }, items: {} }, value)).toEqual(value);
        expect(redact(true, value)).toEqual(value);
      }),
    );
  });
});
