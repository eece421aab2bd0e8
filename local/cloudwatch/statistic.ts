/** How a period's values become one, by CloudWatch's name; a percentile is `p50`, `p95`, `p99.9`. */
export type Statistic =
  | { readonly kind: 'aggregate'; readonly expression: string }
  | { readonly kind: 'percentile'; readonly percent: number };

const AGGREGATES: ReadonlyMap<string, string> = new Map([
  ['Sum', 'sum(value)'],
  ['Average', 'avg(value)'],
  ['Minimum', 'min(value)'],
  ['Maximum', 'max(value)'],
  ['SampleCount', 'count(*)'],
]);

/** `undefined` for a statistic that is not run on the laptop. */
export function readStatistic(name: string): Statistic | undefined {
  const expression = AGGREGATES.get(name);
  if (expression !== undefined) return { kind: 'aggregate', expression };
  const [, percent] = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name) ?? [];
  return percent === undefined ? undefined : { kind: 'percentile', percent: Number(percent) };
}

/** Between the two nearest ranks, in proportion; `sorted` ascends and is not empty. */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank - Math.floor(rank));
}
