import { describe, expect, it } from 'vitest';
import { createInputCheck } from '../../../core/policy/input-check.ts';
import { inputShape } from '../../../core/policy/input-shape.ts';
import { InputError } from '../../../core/policy/shape-value.ts';
import { UnmappableError } from '../../../core/policy/unmappable.ts';

const withField = (field: unknown) => ({ type: 'object', properties: { a: field } });
const opaque = { 'x-autonomy-policy': 'opaque' };

function refusal(schema: unknown): UnmappableError {
  try {
    inputShape(schema);
    createInputCheck(schema);
  } catch (error) {
    if (error instanceof UnmappableError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(schema)}`);
}

describe('what policy sees of a field', () => {
  it.each([
    ['text', { type: 'string' }, { kind: 'string' }],
    ['text of a list', { type: 'string', enum: ['x', 'y'] }, { kind: 'string', allowed: ['x', 'y'] }],
    ['a decimal in a string', { type: 'string', format: 'decimal' }, { kind: 'decimal-string' }],
    ['a date', { type: 'string', format: 'date' }, { kind: 'string' }],
    ['an integer', { type: 'integer', minimum: 1 }, { kind: 'long' }],
    ['a number', { type: 'number' }, { kind: 'decimal' }],
    ['a truth', { type: 'boolean' }, { kind: 'boolean' }],
    ['a list', { type: 'array', items: { type: 'integer' } }, { kind: 'set', element: { kind: 'long' } }],
    [
      'a list of lists',
      { type: 'array', items: { type: 'array', items: { type: 'string' } } },
      { kind: 'set', element: { kind: 'set', element: { kind: 'string' } } },
    ],
    [
      'a record',
      {
        type: 'object',
        properties: { b: { type: 'boolean' } },
        required: ['b'],
        additionalProperties: false,
      },
      { kind: 'record', fields: { b: { shape: { kind: 'boolean' }, required: true } } },
    ],
    ['nothing of what has no type', {}, { kind: 'opaque' }],
    ['nothing of what may be any', { type: 'any' }, { kind: 'opaque' }],
    ['nothing of a list of anything', { type: 'array' }, { kind: 'opaque' }],
    ['nothing of a list of what it can not see', { type: 'array', items: {} }, { kind: 'opaque' }],
    ['nothing of an object without names', { type: 'object' }, { kind: 'opaque' }],
    [
      'nothing of an open object',
      { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
      { kind: 'opaque' },
    ],
    ['nothing of what is marked so', { type: ['string', 'null'], ...opaque }, { kind: 'opaque' }],
    ['nothing of choices marked so', { anyOf: [{ type: 'string' }], ...opaque }, { kind: 'opaque' }],
  ])('is %s', (_, field, shape) => {
    expect(inputShape(withField(field)).fields['a']).toEqual({ shape, required: false });
  });

  it('keeps whether it is required', () => {
    expect(inputShape({ ...withField({ type: 'string' }), required: ['a'] }).fields['a']?.required).toBe(
      true,
    );
  });

  it('takes names that JavaScript objects have of their own', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'type', 'items', 'default', '', 'a b', 'é'];
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'integer', maximum: 3 }]));
    const schema = { type: 'object', properties, required: names };
    expect(Object.keys(inputShape(schema).fields)).toEqual(names);
    const check = createInputCheck(schema);
    const input = Object.fromEntries(names.map((name) => [name, 3]));
    expect(() => check(input)).not.toThrow();
    for (const name of names) expect(() => check({ ...input, [name]: 4 })).toThrow(InputError);
  });
});

describe('a schema that can not be mapped exactly is refused', () => {
  it.each<[string, unknown, string, string]>([
    ['no object', { type: 'string' }, '', 'must be an object'],
    ['nothing', null, '', 'is no JSON Schema object'],
    ['true', true, '', 'is no JSON Schema object'],
    ['an open object', { ...withField({ type: 'string' }), additionalProperties: true }, '', 'open object'],
    ['a field that is no schema', withField('string'), 'a', 'is no JSON Schema object'],
    ['a type of another language', withField({ type: 'dict' }), 'a', 'dict is no JSON Schema type'],
    ['a type named like a method', withField({ type: 'constructor' }), 'a', 'is no JSON Schema type'],
    ['several types', withField({ type: ['string', 'null'] }), 'a', 'give it one type or mark it x-autonomy'],
    ['null', withField({ type: 'null' }), 'a', "which policy can't see exactly"],
    ['choices', withField({ anyOf: [{ type: 'string' }] }), 'a', 'mark it x-autonomy-policy: opaque'],
    ['a reference', withField({ $ref: '#/$defs/x' }), 'a', 'uses $ref, which nothing here enforces'],
    ['definitions', { ...withField({}), $defs: {} }, '', 'uses $defs'],
    ['a condition', withField({ type: 'string', if: {} }), 'a', 'uses if'],
    ['a negation', withField({ not: {} }), 'a', 'uses not'],
    [
      'patterns of names',
      withField({ type: 'object', patternProperties: {} }),
      'a',
      'uses patternProperties',
    ],
    ['a misspelt limit', withField({ type: 'string', maxlength: 3 }), 'a', 'uses maxlength'],
    ['a limit of another type', withField({ type: 'integer', maxLength: 3 }), 'a', 'uses maxLength'],
    ['a limit without a type', withField({ maxLength: 3 }), 'a', 'uses maxLength'],
    ['a format nobody checks', withField({ type: 'string', format: 'iban' }), 'a', 'has the format iban'],
    ['another mark', withField({ 'x-autonomy-policy': 'hidden' }), 'a', 'is no JSON Schema object'],
    ['an enum of numbers for text', withField({ type: 'string', enum: [1] }), 'a', 'holds something else'],
    [
      'an enum of text for numbers',
      withField({ type: 'integer', enum: ['1'] }),
      'a',
      'holds something else: "1"',
    ],
    ['an enum of half integers', withField({ type: 'integer', enum: [1, 1.5] }), 'a', 'something else: 1.5'],
    ['an enum that also allows nothing', withField({ type: 'string', enum: ['x', null] }), 'a', 'else: null'],
    [
      'a const of another type',
      withField({ type: 'boolean', const: 'true' }),
      'a',
      'its const holds something',
    ],
    [
      'an enum of another type, where policy does not look',
      withField({ type: ['integer', 'null'], enum: [null, 'x'], ...opaque }),
      'a',
      'has type integer, null and its enum holds something else',
    ],
    ['a const nobody compares', withField({ const: { b: 1 } }), 'a', 'holds something else'],
    ['a limit beside an enum', withField({ type: 'integer', enum: [9], maximum: 3 }), 'a', 'beside enum'],
    ['a limit beside a const', withField({ type: 'string', const: 'x', minLength: 3 }), 'a', 'beside const'],
    ['an enum beside a const', withField({ enum: [1, 2], const: 1 }), 'a', 'uses enum beside const'],
    [
      'two lists of choices',
      withField({ ...opaque, anyOf: [{}], allOf: [{}] }),
      'a',
      'uses allOf beside anyOf',
    ],
    ['a required field not described', { ...withField({}), required: ['b'] }, 'b', 'is required but not'],
    ['a required method', { ...withField({}), required: ['toString'] }, 'toString', 'is required but not'],
    [
      'a required field not described, where policy does not look',
      withField({ type: 'object', required: ['b'], ...opaque }),
      'a.b',
      'is required but not described',
    ],
    [
      'a name the engine reads as its own',
      withField({ type: 'object', properties: { __extn: {} } }),
      'a.__extn',
      'may not begin with __',
    ],
    ['a limit in a list', withField({ type: 'array', items: { minimum: 1 } }), 'a[]', 'uses minimum'],
    [
      'a limit of what stands open',
      withField({ type: 'object', additionalProperties: { minimum: 1 } }),
      'a.*',
      'uses minimum',
    ],
    ['a limit in a choice', withField({ anyOf: [{ minimum: 1 }], ...opaque }), 'a', 'uses minimum'],
    ['a pattern that is none', withField({ type: 'string', pattern: '(' }), '', 'Invalid regular expression'],
  ])('%s', (_, schema, field, reason) => {
    const error = refusal(schema);
    expect(error.field).toBe(field);
    expect(error.message).toMatch(new RegExp(reason.replace(/[$()*]/g, '\\$&')));
  });
});

describe('every limit a schema sets is kept', () => {
  it.each<[string, unknown, unknown, unknown]>([
    ['minLength', { type: 'string', minLength: 2 }, 'ab', 'a'],
    ['maxLength', { type: 'string', maxLength: 2 }, 'ab', 'abc'],
    ['pattern', { type: 'string', pattern: '^[A-Z]+$' }, 'AB', 'aB'],
    ['format email', { type: 'string', format: 'email' }, 'a@example.com', 'a'],
    ['format date', { type: 'string', format: 'date' }, '2026-02-28', '2026-02-30'],
    ['format date-time', { type: 'string', format: 'date-time' }, '2026-02-28T10:00:00Z', '2026-02-28'],
    ['format time', { type: 'string', format: 'time' }, '10:00:00Z', '25:00:00Z'],
    ['format duration', { type: 'string', format: 'duration' }, 'PT1H', '1h'],
    ['format uri', { type: 'string', format: 'uri' }, 'https://example.com', 'example'],
    ['format uuid', { type: 'string', format: 'uuid' }, '0b3c8a7e-6f0e-4c51-9d5c-2f6f0f5d9a10', 'x'],
    ['format hostname', { type: 'string', format: 'hostname' }, 'example.com', 'a b'],
    ['format ipv4', { type: 'string', format: 'ipv4' }, '10.0.0.1', '10.0.0.256'],
    ['format ipv6', { type: 'string', format: 'ipv6' }, '::1', ':::1'],
    ['enum', { type: 'string', enum: ['x'] }, 'x', 'y'],
    ['enum of numbers', { type: 'integer', enum: [1, 2] }, 2, 3],
    ['enum of anything', { enum: ['x', 1, true, null] }, null, 2],
    ['const', { type: 'string', const: 'x' }, 'x', 'y'],
    ['minimum', { type: 'integer', minimum: 1 }, 1, 0],
    ['maximum', { type: 'number', maximum: 1.5 }, 1.5, 1.6],
    ['exclusiveMinimum', { type: 'number', exclusiveMinimum: 0 }, 0.1, 0],
    ['exclusiveMaximum', { type: 'integer', exclusiveMaximum: 10 }, 9, 10],
    ['multipleOf', { type: 'integer', multipleOf: 5 }, 10, 11],
    ['minItems', { type: 'array', items: { type: 'integer' }, minItems: 1 }, [1], []],
    ['maxItems', { type: 'array', items: { type: 'integer' }, maxItems: 1 }, [1], [1, 2]],
    ['minItems of a list of anything', { type: 'array', minItems: 1 }, [1], []],
    ['maxItems of a list of anything', { type: 'array', maxItems: 1 }, [1], [1, 2]],
    ['uniqueItems', { type: 'array', uniqueItems: true }, [1, 2], [1, 1]],
    ['items', { type: 'array', items: { type: 'string', maxLength: 1 } }, ['a'], ['ab']],
    ['minProperties', { type: 'object', minProperties: 1 }, { b: 1 }, {}],
    ['maxProperties', { type: 'object', maxProperties: 1 }, { b: 1 }, { b: 1, c: 1 }],
    [
      'additionalProperties',
      { type: 'object', additionalProperties: { type: 'integer' } },
      { b: 1 },
      { b: 'x' },
    ],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'integer', minimum: 3 }], ...opaque }, 3, 2],
    [
      'allOf',
      {
        allOf: [
          { type: 'integer', minimum: 3 },
          { type: 'integer', maximum: 5 },
        ],
        ...opaque,
      },
      4,
      6,
    ],
    ['several types', { type: ['string', 'null'], minLength: 2, ...opaque }, null, 'a'],
    [
      'a required field, whatever its default',
      { type: 'object', properties: { b: { type: 'string', default: 'x' } }, required: ['b'], ...opaque },
      { b: 'y' },
      {},
    ],
    [
      'a limit of a field called like a word of JSON Schema',
      { type: 'object', properties: { default: { type: 'integer', maximum: 1 } }, ...opaque },
      { default: 1 },
      { default: 2 },
    ],
  ])('%s', (_, field, right, wrong) => {
    const schema = withField(field);
    inputShape(schema);
    const check = createInputCheck(schema);
    expect(() => check({ a: right })).not.toThrow();
    expect(() => check({ a: wrong })).toThrow(InputError);
    expect(() => check({ a: wrong })).toThrow(/^a/);
  });
});
