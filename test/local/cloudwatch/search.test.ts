import { describe, expect, it } from 'vitest';
import { hasSearched, readSearch } from '../../../local/cloudwatch/search.ts';

const expression = `SEARCH('{Shop,stage,city} MetricName="Sales" stage="dev"', 'Sum')`;
const search = {
  namespace: 'Shop',
  name: 'Sales',
  dimensionNames: ['stage', 'city'],
  given: { stage: 'dev' },
};

describe('a search expression', () => {
  it.each([
    [expression, search, 'Sum'],
    [expression.replace('{Shop,stage,city}', '{Shop, stage, city}'), search, 'Sum'],
    [`SEARCH('{Shop} MetricName="Sales"', 'p99.9')`, { ...search, dimensionNames: [], given: {} }, 'p99.9'],
  ])('%s is read', (text, expected, statistic) => {
    expect(readSearch(text)).toEqual({ search: expected, statistic });
  });

  it.each([
    `SEARCH('{Shop,stage} Sales', 'Sum')`,
    `SEARCH('{Shop,stage} stage="dev"', 'Sum')`,
    `SEARCH('{Shop,stage} MetricName="Sales" OR stage="dev"', 'Sum')`,
    `SEARCH('{Shop,stage} MetricName="Sales" NOT stage="dev"', 'Sum')`,
    `SEARCH('{Shop,stage} MetricName="Sales" stage=dev', 'Sum')`,
    `SEARCH('{Shop,stage} MetricName="Sales" unit="x"', 'Sum')`,
    `SEARCH('{} MetricName="Sales"', 'Sum')`,
    `SEARCH('MetricName="Sales"', 'Sum')`,
    `SEARCH('{Shop,stage} MetricName="Sales"')`,
    `AVG(${expression})`,
    `${expression} + 1`,
    'm1 / m2',
    '',
  ])('%s is not', (text) => {
    expect(readSearch(text)).toBeUndefined();
  });
});

describe('a metric is found', () => {
  it.each<[Record<string, string>, boolean]>([
    [{ stage: 'dev', city: 'Oslo' }, true],
    [{ city: 'Bern', stage: 'dev' }, true],
    [{ stage: 'prod', city: 'Oslo' }, false],
    [{ stage: 'dev' }, false],
    [{ stage: 'dev', city: 'Oslo', street: 'x' }, false],
    [{ stage: 'dev', street: 'x' }, false],
    [{}, false],
  ])('by exactly the dimensions searched for: %j is %s', (dimensions, expected) => {
    expect(hasSearched({ dimensions }, search)).toBe(expected);
  });
});
