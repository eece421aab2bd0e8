import type { MetricKey } from './metric.ts';

/** Metrics of one name and namespace that have exactly these dimensions, some with a given value. */
export type MetricSearch = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensionNames: readonly string[];
  readonly given: Readonly<Record<string, string>>;
};

const EXPRESSION = /^SEARCH\('\s*\{([^{}'"]+)\}((?:\s+[\w.-]+="[^"']*")+)\s*',\s*'([^']+)'\)$/;
const TERM = /([\w.-]+)="([^"']*)"/g;

/**
 * Reads `SEARCH('{Namespace,dimension,…} MetricName="…" dimension="…"', 'Statistic')`; `undefined` for partial matches,
 * operators and everything else of the search language.
 */
export function readSearch(
  expression: string,
): { readonly search: MetricSearch; readonly statistic: string } | undefined {
  const [, schema = '', terms = '', statistic] = EXPRESSION.exec(expression) ?? [];
  const [namespace, ...dimensionNames] = schema.split(',').map((part) => part.trim());
  const pairs = [...terms.matchAll(TERM)].map(([, key = '', value = '']) => [key, value] as const);
  const { MetricName: name, ...given } = Object.fromEntries(pairs);
  const areKnown = Object.keys(given).every((each) => dimensionNames.includes(each));
  if (!namespace || !statistic || name === undefined || !areKnown) return undefined;
  return { search: { namespace, name, dimensionNames, given }, statistic };
}

/** Whether the dimensions are those searched for; one more or one less is another metric. */
export function hasSearched({ dimensions }: Pick<MetricKey, 'dimensions'>, search: MetricSearch): boolean {
  const { dimensionNames, given } = search;
  return (
    Object.keys(dimensions).length === dimensionNames.length &&
    dimensionNames.every((name) => dimensions[name] !== undefined) &&
    Object.entries(given).every(([name, value]) => dimensions[name] === value)
  );
}
