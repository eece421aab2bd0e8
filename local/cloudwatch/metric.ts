/** What CloudWatch tells metrics apart by: a metric with one dimension more or less is another metric. */
export type MetricKey = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
};

/** One value of a metric; `at` in epoch milliseconds, `unit` in CloudWatch's words. */
export type Datapoint = MetricKey & { readonly unit: string; readonly at: number; readonly value: number };

/** A statistic over one period that begins at `at`. */
export type Point = { readonly at: number; readonly value: number };

/** The key's one spelling, whatever order its dimensions came in. */
export function canonicalDimensions({ dimensions }: MetricKey): string {
  const entries = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries);
}
