import { describe, expect, it } from 'vitest';
import { decide } from '../../../core/policy/decide.ts';
import { nestingProblem } from '../../../core/policy/nesting.ts';
import { findingsOf, someRelease, someRequest } from '../../harness/release.ts';

const permit = (condition: string) =>
  `@id("operations-a") permit (principal, action, resource) when { ${condition} };`;
const within = (levels: number) => `${'('.repeat(levels)}true${')'.repeat(levels)}`;
const inLists = (levels: number) => `!${'['.repeat(levels)}true${']'.repeat(levels)}.isEmpty()`;
const ifs = (levels: number) => `${'if true then true else '.repeat(levels)}true`;
const chain = (operators: number) => `true${' || true'.repeat(operators)}`;

describe('how deep a policy nests', () => {
  it.each([
    ['brackets', within(31)],
    ['lists', inLists(31)],
    ['ifs', ifs(31)],
    ['a chain', chain(500)],
    ['a chain in brackets', within(30).replace('true', chain(500))],
    ['brackets that are text', `context.purpose != "${'('.repeat(200)}"`],
    ['brackets that are text with quotes', `context.purpose != "\\"${'('.repeat(200)}"`],
    ['brackets in a comment', `true // ${'('.repeat(200)}\n`],
    ['words with if in them', `context.purpose like "*" ${'// if\n'.repeat(50)}`],
  ])('leaves alone what the engine holds: %s', (_, condition) => {
    const operations = permit(condition);
    expect(findingsOf({ policies: { operations } })).toEqual([]);
    expect(decide(someRelease({ policies: { operations } }), someRequest()).outcome).toBe('allow');
  });

  it.each([
    ['brackets', within(32), 'nests deeper than 32 levels'],
    ['lists', inLists(32), 'nests deeper than 32 levels'],
    ['records', `${'{a: '.repeat(32)}1${'}'.repeat(32)} == 1`, 'nests deeper than 32 levels'],
    ['ifs', ifs(32), 'nests deeper than 32 levels'],
    ['a chain', chain(501), 'has more than 500 operators'],
    ['calls', `context.purpose${'.isEmpty()'.repeat(500)}`, 'has more than 500 operators'],
    ['brackets after a string that ends', `context.purpose like "\\\\" || ${within(40)}`, 'nests deeper'],
    ['brackets after a carriage return', `// \r ${within(40)}\n`, 'nests deeper'],
    ['brackets never closed', '('.repeat(9000), 'nests deeper'],
  ])('is refused by its place before the engine sees it: %s', (_, condition, reason) => {
    const operations = permit(condition);
    expect(nestingProblem(operations)).toContain(reason);
    const [finding, ...more] = findingsOf({ policies: { operations } });
    expect(finding).toMatchObject({ file: 'operations.cedar', line: 1 });
    expect(finding?.reason).toContain(reason);
    expect(more).toEqual([]);
  });

  it('leaves the engine whole for everyone after', () => {
    findingsOf({ policies: { operations: permit(within(9000)) } });
    const operations = permit('true');
    expect(decide(someRelease({ policies: { operations } }), someRequest()).outcome).toBe('allow');
  });
});
