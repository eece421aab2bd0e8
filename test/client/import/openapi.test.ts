import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../client/import/check-proposals.ts';
import { readOpenApi } from '../../../client/import/openapi-document.ts';
import { importOpenApi } from '../../../client/import/openapi.ts';
import type { ToolDocument } from '../../../client/import/proposal.ts';
import { toolManifest } from '../../../core/governance/tool.ts';
import { inputProblem } from '../../../core/policy/input-problem.ts';
import { createInputCheck } from '../../../core/policy/input-check.ts';

type Fields = Readonly<Record<string, unknown>>;

const naming = { system: 'erp', prefix: 'erp', url: 'https://erp.example.com/openapi.json' };
/** A document of these operations, by `METHOD /path`. */
const documentOf = (operations: Readonly<Record<string, Fields>>, more: Fields = {}) => ({
  openapi: '3.1.0',
  info: { title: 'ERP', version: '1' },
  paths: Object.entries(operations).reduce<Record<string, Fields>>((paths, [name, operation]) => {
    const [method = '', path = ''] = name.split(' ');
    return { ...paths, [path]: { ...paths[path], [method.toLowerCase()]: operation } };
  }, {}),
  ...more,
});
const importAll = (document: unknown) => {
  const { proposals, refused } = checkProposals(importOpenApi(readOpenApi(document), naming), 'erp');
  return {
    proposals,
    refused: Object.fromEntries(refused.map(({ operation, reason }) => [operation, reason])),
  };
};

/** The one tool an operation becomes, or why it becomes none. */
function toolOf(
  name: string,
  operation: Fields,
  more: Fields = {},
): ToolDocument & { notes: readonly string[] } {
  const { proposals, refused } = importAll(documentOf({ [name]: { operationId: 'it', ...operation } }, more));
  const [proposal] = proposals;
  if (!proposal) throw new Error(refused[name]);
  expect(toolManifest.safeParse(proposal.tool).success).toBe(true);
  return { ...proposal.tool, notes: proposal.notes };
}

const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });
const taking = (schema: unknown, fields: Fields = {}) => ({
  requestBody: { required: true, ...json(schema), ...fields },
});
const answering = (schema: unknown) => ({ responses: { 200: { description: 'ok', ...json(schema) } } });
const query = (name: string, fields: Fields = {}) => ({
  name,
  in: 'query',
  schema: { type: 'string' },
  ...fields,
});
const text = { type: 'string' };

/** What a body with one field of this schema has it become in the input. */
const fieldOf = (schema: unknown, more: Fields = {}) =>
  (
    toolOf('POST /a', taking({ type: 'object', properties: { it: schema } }), more).input[
      'properties'
    ] as Fields
  )['it'];

describe('what an operation does', () => {
  it.each([
    ['GET', {}, 'read', ['read']],
    ['POST', {}, 'at-most-once', ['write']],
    ['PATCH', {}, 'at-most-once', ['write']],
    ['PUT', {}, 'keyed', ['write']],
    ['DELETE', {}, 'keyed', ['write', 'destructive']],
    ['POST', { parameters: [{ name: 'idempotency-key', in: 'header', schema: text }] }, 'keyed', ['write']],
    [
      'POST',
      { parameters: [{ name: 'Idempotency-Key', in: 'query', schema: text }] },
      'at-most-once',
      ['write'],
    ],
  ])('is proposed by its method: %s %j → %s in %j', (method, operation, effect, groups) => {
    expect(toolOf(`${method} /a`, operation)).toMatchObject({ effect, groups });
  });

  it('is never guessed to move money, only asked', () => {
    const tool = toolOf('POST /payments', {});
    expect(tool.groups).toEqual(['write']);
    expect(tool.notes.join()).toContain('does this move money?');
    expect(toolOf('GET /payments', {}).notes.join()).not.toContain('money');
  });
});

describe('where an input goes', () => {
  it('is path, query, header or body, as the document says', () => {
    const tool = toolOf('PUT /orders/{id}', {
      parameters: [
        { name: 'id', in: 'path', schema: { type: 'string', format: 'uuid' } },
        query('dryRun', { schema: { type: 'boolean' } }),
        { name: 'X-Region', in: 'header', required: true, schema: text },
        { name: 'Accept', in: 'header', schema: text },
      ],
      ...taking({
        type: 'object',
        required: ['total'],
        properties: { total: { type: 'string', format: 'decimal' } },
      }),
    });
    expect(tool.connector).toEqual({
      type: 'http',
      method: 'PUT',
      path: '/orders/{id}',
      query: ['dryRun'],
      headers: { 'X-Region': 'X-Region' },
    });
    expect(tool.input).toEqual({
      type: 'object',
      properties: {
        id: { type: 'string', format: 'uuid' },
        dryRun: { type: 'boolean' },
        'X-Region': text,
        total: { type: 'string', format: 'decimal' },
      },
      required: ['id', 'X-Region', 'total'],
    });
  });

  it('is the path’s own parameters too, where the operation does not say them anew', () => {
    const document = documentOf({
      'GET /a/{id}': { operationId: 'it', parameters: [query('q', { required: true })] },
    });
    const shared = [{ name: 'id', in: 'path', schema: text }, query('q'), query('r')];
    const paths = { '/a/{id}': { ...document.paths['/a/{id}'], parameters: shared } };
    const [proposal] = importAll({ ...document, paths }).proposals;
    expect(proposal?.tool.input).toMatchObject({ required: ['id', 'q'], properties: { r: text } });
  });

  it.each([
    ['a list', { type: 'array', items: text }],
    ['an open object', { type: 'object', properties: { a: text }, additionalProperties: true }],
    ['a choice', { anyOf: [text, { type: 'object', properties: {} }] }],
  ])('is one field where the body is %s', (_, schema) => {
    const tool = toolOf('POST /a', taking(schema));
    expect([tool.connector, tool.input['required']]).toMatchObject([{ body: 'body' }, ['body']]);
  });

  it('is one field where the body may be left out or has a parameter’s name', () => {
    const schema = { type: 'object', required: ['a'], properties: { a: text } };
    expect(toolOf('POST /a', taking(schema, { required: false })).connector).toMatchObject({ body: 'body' });
    const clash = toolOf('POST /a', { parameters: [query('a'), query('body')], ...taking(schema) });
    expect(clash.connector).toMatchObject({ query: ['a', 'body'], body: 'payload' });
  });

  it.each([
    ['a list in the query', query('it', { schema: { type: 'array', items: text } })],
    ['a cookie', { name: 'it', in: 'cookie', schema: text }],
    ['a header nobody may send', { name: 'Host', in: 'header', schema: text }],
    ['a header with an odd name', { name: 'a b', in: 'header', schema: text }],
    ['a parameter without a schema', { name: 'it', in: 'query', content: {} }],
  ])(
    'is left out where it is optional and can not be sent, and refuses the operation where not: %s',
    (_, parameter) => {
      const tool = toolOf('GET /a', { parameters: [parameter] });
      expect(tool.input['properties']).toEqual({});
      expect(tool.notes.join()).toContain(`left out: ${parameter.in} parameter ${parameter.name}`);
      const required = { parameters: [{ ...parameter, required: true }] };
      expect(() => toolOf('GET /a', required)).toThrow(`${parameter.in} parameter ${parameter.name}`);
    },
  );
});

describe('what a field may be', () => {
  it.each([
    [
      'formats that are checked are kept',
      { type: 'string', format: 'date' },
      { type: 'string', format: 'date' },
    ],
    ['others are remarks', { type: 'integer', format: 'int64' }, { type: 'integer' }],
    ['nullable means: leave it out', { type: 'string', nullable: true }, text],
    ['so does a null among types', { type: ['string', 'null'] }, text],
    ['and one among choices', { anyOf: [text, { type: 'null' }] }, text],
    [
      'and one among listed values',
      { type: 'string', nullable: true, enum: ['a', null] },
      { type: 'string', enum: ['a'] },
    ],
    [
      '3.0’s bounds',
      { type: 'number', minimum: 0, exclusiveMinimum: true },
      { type: 'number', exclusiveMinimum: 0 },
    ],
    [
      '3.0’s bounds that are none',
      { type: 'number', minimum: 0, exclusiveMinimum: false },
      { type: 'number', minimum: 0 },
    ],
    ['bounds beyond every exact number', { type: 'integer', maximum: 2 ** 63 }, { type: 'integer' }],
    ['a type its fields tell', { properties: { a: text } }, { type: 'object', properties: { a: text } }],
    [
      'remarks',
      { type: 'string', example: 'x', xml: {}, title: 'T', 'x-go-name': 'A', description: 'D' },
      { ...text, description: 'D' },
    ],
    [
      'two types are not seen by policy',
      { type: ['string', 'integer'] },
      { type: ['string', 'integer'], 'x-autonomy-policy': 'opaque' },
    ],
    ['a document’s word about our policies is none', { type: 'string', 'x-autonomy-policy': 'opaque' }, text],
    ['any value at all', true, {}],
    [
      'allOf is all of it',
      {
        allOf: [
          { type: 'object', required: ['a'], properties: { a: text } },
          { required: ['b'], properties: { b: text } },
        ],
      },
      { type: 'object', properties: { a: text, b: text }, required: ['a', 'b'] },
    ],
    [
      'what only answers hold is not asked for',
      { type: 'object', required: ['id', 'a'], properties: { id: { ...text, readOnly: true }, a: text } },
      { type: 'object', properties: { a: text }, required: ['a'] },
    ],
    [
      'a choice keeps what all of it has',
      { type: 'object', properties: { a: text }, oneOf: [{ required: ['a'] }, { properties: { b: text } }] },
      {
        oneOf: [
          { type: 'object', properties: { a: text }, required: ['a'] },
          { type: 'object', properties: { a: text, b: text } },
        ],
        'x-autonomy-policy': 'opaque',
      },
    ],
  ])('%s', (_, schema, expected) => {
    expect(fieldOf(schema)).toEqual(expected);
  });

  it('stands where it is referred to, described as it is there', () => {
    const components = {
      schemas: { 'a/b': { ...text, description: 'Theirs' }, Two: { $ref: '#/components/schemas/a~1b' } },
    };
    expect(fieldOf({ $ref: '#/components/schemas/Two' }, { components })).toEqual(components.schemas['a/b']);
    const ours = fieldOf({ $ref: '#/components/schemas/Two', description: 'Ours' }, { components });
    expect(ours).toEqual({ ...text, description: 'Ours' });
  });

  it('may have a part’s own kind in one of its fields', () => {
    const Base = { type: 'object', properties: { a: text } };
    const whole = {
      allOf: [
        { $ref: '#/components/schemas/Base' },
        { properties: { b: { $ref: '#/components/schemas/Base' } } },
      ],
    };
    expect(fieldOf(whole, { components: { schemas: { Base } } })).toEqual({
      type: 'object',
      properties: { a: text, b: Base },
    });
  });

  const self = {
    components: {
      schemas: { Node: { type: 'object', properties: { of: { $ref: '#/components/schemas/Node' } } } },
    },
  };
  const bomb = {
    components: {
      schemas: Object.fromEntries(
        Array.from({ length: 15 }, (_, n) => {
          const next = { $ref: `#/components/schemas/B${n + 1}` };
          return [`B${n}`, n === 14 ? text : { type: 'object', properties: { a: next, b: next } }];
        }),
      ),
    },
  };
  const merged = {
    components: {
      schemas: Object.fromEntries(
        Array.from({ length: 15 }, (_, n) => {
          const next = { $ref: `#/components/schemas/B${n + 1}` };
          return [`B${n}`, n === 14 ? text : { allOf: [next, next] }];
        }),
      ),
    },
  };
  const loop = { components: { schemas: { Node: { allOf: [{ $ref: '#/components/schemas/Node' }] } } } };
  it.each([
    ['allOf unfolds without end', { $ref: '#/components/schemas/B0' }, merged, 'is too large'],
    ['allOf is itself', { allOf: [{ $ref: '#/components/schemas/Node' }] }, loop, 'refers to itself'],
    [
      'it refers to itself',
      { $ref: '#/components/schemas/Node' },
      self,
      'it.of: refers to itself (#/components/schemas/Node)',
    ],
    [
      'it refers to nothing',
      { $ref: '#/components/schemas/None' },
      {},
      'refers to #/components/schemas/None, which is not there',
    ],
    ['it refers to elsewhere', { $ref: 'other.yaml#/A' }, {}, 'refers to another document, other.yaml#/A'],
    ['it unfolds without end', { $ref: '#/components/schemas/B0' }, bomb, 'is too large'],
    [
      'allOf contradicts itself',
      { allOf: [text, { type: 'integer' }] },
      {},
      'it: allOf says type in two ways',
    ],
    ['a word nobody enforces', { type: 'object', patternProperties: {} }, {}, 'it: uses patternProperties'],
    ['a limit of another type', { type: 'integer', maxLength: 3 }, {}, 'it: uses maxLength'],
    ['it is a file', { type: 'string', format: 'binary' }, {}, 'it: is a file, and only JSON is sent'],
    ['it is no schema', 'text', {}, 'it: is no JSON Schema'],
    ['it is never right', false, {}, 'it: is no JSON Schema'],
    ['no such pattern', { type: 'string', pattern: '(' }, {}, 'input: '],
    [
      'a name that reaches prototypes',
      { type: 'object', properties: { __x: text } },
      {},
      'may not begin with __',
    ],
    [
      'a name that reading would replace',
      { type: 'object', properties: { '${A}': text } },
      {},
      'a field is called ${…}',
    ],
  ])('is refused with its place and the reason: %s', (_, schema, more, reason) => {
    expect(() => fieldOf(schema, more)).toThrow(reason);
  });
});

describe('what an operation answers', () => {
  it.each([
    ['null where it may be', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    ['words nobody checks left out', { type: 'object', patternProperties: {} }, { type: 'object' }],
    ['itself only once', { $ref: '#/components/schemas/Node' }, { type: 'object', properties: { of: {} } }],
  ])('is described: %s', (_, schema, output) => {
    const Node = { type: 'object', properties: { of: { $ref: '#/components/schemas/Node' } } };
    const tool = toolOf('GET /a', answering(schema), { components: { schemas: { Node } } });
    expect(tool.output).toEqual(output);
    expect(() => createInputCheck(tool.output)).not.toThrow();
  });

  it('is left out when it can not be, which a comment says', () => {
    const tool = toolOf('GET /a', answering({ type: 'string', pattern: '(' }));
    expect(tool.output).toBeUndefined();
    expect(tool.notes.join()).toContain('its answer is not described');
    expect(toolOf('GET /a', answering({ $ref: 'other.yaml' })).notes.join()).toContain('another document');
  });
});

describe('what is no tool', () => {
  it.each([
    [
      'POST /a',
      { requestBody: { required: true, content: { 'multipart/form-data': {} } } },
      'takes multipart/form-data: only JSON is sent',
    ],
    ['GET /a', taking({ type: 'object' }), 'GET with a body is not sent'],
    ['HEAD /a', {}, 'HEAD is no method of tools'],
    ['GET /a', { servers: [{ url: 'https://elsewhere.example.com' }] }, 'another server'],
    ['GET /a/{id}', {}, 'path: id is no required field of input'],
    ['GET /a/../b', {}, 'path: holds no ?'],
    [
      'GET /a',
      { operationId: 'x'.repeat(99), parameters: ['no parameter'] },
      'refers to something that is not there',
    ],
  ])('is refused by name: %s %j', (name, operation, reason) => {
    const { proposals, refused } = importAll(documentOf({ 'GET /fine': {}, [name]: operation }));
    expect(refused[name]).toContain(reason);
    expect(proposals.map(({ operation: imported }) => imported)).toEqual(['GET /fine']);
  });

  it('is the second of a name, and what would be called like the system’s own or a group', () => {
    const twice = documentOf({ 'GET /a': { operationId: 'x' }, 'GET /b': { operationId: 'x' } });
    expect(importAll(twice).refused['GET /b']).toContain('Tool erp.x stands in this import');
  });

  it.each([
    [{ swagger: '2.0' }, 'is Swagger 2.0: convert it'],
    [{ openapi: '4.0.0', paths: {} }, 'is OpenAPI 4.0.0'],
    [{ openapi: '3.1.0' }, 'describes no paths'],
    [[], 'is no OpenAPI document'],
  ])('is a document of another kind: %j', (document, reason) => {
    expect(() => readOpenApi(document)).toThrow(reason);
  });
});

describe('whatever a document holds', () => {
  const words = [
    'type',
    'properties',
    'items',
    'allOf',
    'anyOf',
    'enum',
    'required',
    'nullable',
    '$ref',
    'const',
  ];
  const values = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('object', 'string', 'array', '#', '#/x', '#/paths'),
  );
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      values,
      fc.dictionary(fc.constantFrom(...words), tie('node')),
      fc.array(tie('node')),
    ),
  }));

  it('is a tool that publishes or refused by name, and never crashes', () => {
    fc.assert(
      fc.property(node, node, (schema, part) => {
        const operation = { ...taking(schema), parameters: part, ...answering(part) };
        const document = documentOf({
          'POST /a': operation,
          'GET /b': { responses: part, parameters: [part] },
        });
        const { proposals, refused } = importAll(document);
        expect(proposals.length + Object.keys(refused).length).toBe(2);
        for (const { tool } of proposals) expect(inputProblem(tool as never)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });
});
