import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../core/governance/read-document.ts';
import { describeQuarantine, quarantineOf, type ToolWatchRow } from '../../../core/governance/tool-watch.ts';
import { definitionHash, mcpDefinition, openApiDefinition } from '../../../core/governance/upstream.ts';
import { type Watched, watchTool } from '../../../core/governance/watch-tool.ts';
import { NOW } from '../../harness/facts.ts';
import { described, operation } from '../../harness/upstream.ts';

const hashOf = (document: unknown) => {
  const definition = openApiDefinition(document, operation);
  return definition && definitionHash(definition);
};
const whole = described();

describe('the definition of an operation', () => {
  const path = whole.paths['/orders'];
  it.each([
    ['its body', described({ more: {} })],
    ['a description', { ...whole, paths: { '/orders': { post: { ...path.post, description: 'Changed' } } } }],
    ['what its path shares', { ...whole, paths: { '/orders': { ...path, parameters: [] } } }],
    ['what it refers to through another', described({ a: { $ref: '#/components/schemas/Order' } })],
  ])('is another one when this changes: %s', (_, document) => {
    expect(hashOf(document)).not.toBe(hashOf(whole));
  });

  it.each([
    ['another path', described({}, { '/a': { post: {} } })],
    ['another method', { ...whole, paths: { '/orders': { ...path, get: {} } } }],
    [
      'what nobody refers to',
      { ...whole, components: { schemas: { ...whole.components.schemas, Other: {} } } },
    ],
    [
      'the order of words',
      JSON.parse(JSON.stringify({ components: whole.components, paths: whole.paths, info: {} })),
    ],
  ])('is the same when this changes: %s', (_, document) => {
    expect(hashOf(document)).toBe(hashOf(whole));
  });

  it.each(['GET /orders', 'POST /other', 'POST /__proto__', 'nonsense', 'POST /constructor'])(
    'is none where there is none: %s',
    (name) => {
      expect(openApiDefinition(whole, name)).toBeUndefined();
      expect(openApiDefinition(undefined, name)).toBeUndefined();
    },
  );

  it('ends where things refer to each other', () => {
    const schemas = {
      Order: { a: { $ref: '#/components/schemas/B' } },
      B: { b: { $ref: '#/components/schemas/Order' } },
    };
    const definition = openApiDefinition({ ...whole, components: { schemas } }, operation);
    expect(Object.keys(definition?.['refs'] as object)).toEqual([
      '#/components/schemas/B',
      '#/components/schemas/Order',
    ]);
  });

  it('has a name whatever JSON it is, and only equal ones share it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [one, other] = [{ a }, { a: b }].map((each) => definitionHash(each));
        expect(one === other).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
    );
    expect(definitionHash({ maximum: 2 ** 63 })).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is that of one tool in a list', () => {
    expect(mcpDefinition([1, { name: 'b' }, { name: 'a', icons: [] }], 'a')).toEqual({ name: 'a' });
    expect(mcpDefinition([{ name: 'b' }], 'a')).toBeUndefined();
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

describe('a document', () => {
  it.each([
    ['JSON', '{"a": [1]}'],
    ['YAML', 'a:\n  - 1\n'],
    ['YAML with an alias', 'x: &x [1]\na: *x\n'],
  ])('is read: %s', (_, text) => {
    expect(readDocument(text)).toMatchObject({ a: [1] });
  });

  it.each([
    ['broken JSON', '{"a": ', 'is no JSON'],
    ['broken YAML', 'a: [1', 'is neither JSON nor YAML'],
    ['a name twice', 'a: 1\na: 2\n', 'is neither JSON nor YAML'],
    [
      'aliases without end',
      `a: &a [x, x]\n${'bcdefghij'.replace(
        /./g,
        (at) =>
          `${at}: &${at} [${Array(9)
            .fill(`*${String.fromCharCode(at.charCodeAt(0) - 1)}`)
            .join(', ')}]\n`,
      )}`,
      'alias',
    ],
  ])('is refused with one line: %s', (_, text, reason) => {
    expect(() => readDocument(text)).toThrow(reason);
  });
});

describe('a look at a tool’s upstream', () => {
  const found = openApiDefinition(whole, operation);
  const other = openApiDefinition(described({ more: {} }), operation);
  const hash = hashOf(whole) ?? '';
  const url = 'https://erp.example.com/openapi.json';
  const upstream = { kind: 'openapi', url, operation, hash } as const;
  const watched = (fields: Partial<Watched> = {}): Watched => ({
    tool: { name: 'erp.order', unit: 'operations', hash: 'h1', upstream },
    found,
    row: undefined,
    kept: undefined,
    release: 'r1',
    ...fields,
  });
  const look = (fields: Partial<Watched>, now = NOW) => watchTool(watched(fields), now);
  const rowOf = (fields: Partial<Watched>): ToolWatchRow | undefined => look(fields)?.result;

  it('says what differs only when the pinned one was seen before', () => {
    expect(rowOf({ found: other, kept: found })?.quarantine?.differences).toHaveLength(1);
    expect(rowOf({ found: other })?.quarantine?.differences).toEqual([]);
  });

  it('keeps the day it began, and writes nothing anew while nothing changes', () => {
    const row = rowOf({ found: other, kept: found });
    expect(look({ found: other, kept: found, row })).toBeUndefined();
    const later = new Date(NOW.getTime() + 3_600_000);
    const third = openApiDefinition(described({ third: {} }), operation);
    expect(look({ found: third, kept: found, row }, later)?.result.quarantine?.since).toBe(NOW.toISOString());
  });

  it('shows at most fifty differences and counts the others', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`f${n}`, {}]));
    const row = rowOf({ found: openApiDefinition(described(many), operation), kept: found });
    expect([row?.quarantine?.differences.length, row?.quarantine?.more]).toEqual([50, 30]);
  });

  it('is about one definition of the tool alone', () => {
    const row = rowOf({ found: other });
    expect(quarantineOf(row, 'h1')).toBe(row?.quarantine);
    expect(quarantineOf(row, 'h2')).toBeUndefined();
    expect(quarantineOf(undefined, 'h1')).toBeUndefined();
  });

  it('keeps no definition too large to compare, and still knows it by its hash', () => {
    const huge = { operation: 'x'.repeat(300_000) };
    const tool = { ...watched().tool, upstream: { ...upstream, hash: definitionHash(huge) } };
    const change = look({ found: huge, tool });
    expect(change?.writes.map(({ kind }) => kind)).toEqual(['create']);
    expect(look({ found: huge, tool, row: change?.result })).toBeUndefined();
  });

  it('says in a sentence what to do', () => {
    const row = rowOf({ found: undefined });
    expect(row?.quarantine && describeQuarantine('erp.order', row.quarantine)).toMatch(
      /there no more\): its owner imports it anew/,
    );
  });
});
