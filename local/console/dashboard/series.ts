import type { MetricKey, Point } from '../../cloudwatch/metric.ts';
import type { Metrics } from '../../cloudwatch/metrics.ts';
import type { Names } from '../names.ts';
import type { DrawnMetric } from './drawn-metric.ts';
import { labelOf } from './label.ts';
import type { inPeriods } from './range.ts';
import type { MetricWidget } from './read-dashboards.ts';

/** What a dashboard reads its figures from. */
export type Figures = {
  readonly metrics: Pick<Metrics, 'query' | 'find' | 'unitOf' | 'spanOf'>;
  readonly names: Names;
};
export type Periods = ReturnType<typeof inPeriods>;

/** One line of a chart. */
export type Series = {
  readonly label: string;
  readonly points: readonly Point[];
  /** The statistic over the whole range; absent when nothing was recorded in it. */
  readonly whole: number | undefined;
};

const DEFAULT_PERIOD_SECONDS = 300;

export function ownPeriodMs({ properties }: MetricWidget): number {
  const own = properties.period ?? DEFAULT_PERIOD_SECONDS;
  return 1000 * Math.max(...properties.metrics.map(({ periodSeconds }) => periodSeconds ?? own));
}

/** The metrics that an entry of a widget stands for at the moment. */
export function keysOf({ source }: DrawnMetric, metrics: Pick<Metrics, 'find'>): readonly MetricKey[] {
  return source.kind === 'metric' ? [source.key] : metrics.find(source.search);
}

export function seriesOf({ properties }: MetricWidget, range: Periods, figures: Figures): readonly Series[] {
  return properties.metrics.flatMap((drawn) => {
    const statistic = drawn.statistic ?? properties.stat ?? 'Average';
    const keys = keysOf(drawn, figures.metrics);
    const isOne = drawn.source.kind === 'search' && (drawn.source.summed || keys.length === 0);
    const lines = isOne ? [keys] : keys.map((key) => [key]);
    return lines.map((line): Series => {
      const label = labelOf(drawn, line, { all: properties.metrics, names: figures.names });
      return { label, ...addedUp(line, { statistic, range, metrics: figures.metrics }) };
    });
  });
}

/** The statistic of each metric, added up over them in each period. */
function addedUp(
  keys: readonly MetricKey[],
  given: {
    readonly statistic: string;
    readonly range: Periods;
    readonly metrics: Pick<Metrics, 'query'>;
  },
): Omit<Series, 'label'> {
  const { statistic, range, metrics } = given;
  const { from, until } = range;
  const sumOf = (periods: Periods): Point[] => {
    const points = keys.flatMap((key) => metrics.query({ ...key, ...periods, statistic }));
    return [...Map.groupBy(points, ({ at }) => at)]
      .map(([at, all]) => ({ at, value: all.reduce((sum, { value }) => sum + value, 0) }))
      .sort((a, b) => a.at - b.at);
  };
  const [whole] = sumOf({ from, until, periodMs: until - from });
  const isCount = statistic === 'Sum' || statistic === 'SampleCount';
  const points = sumOf(range);
  return { points: isCount && whole ? withZeros(points, range) : points, whole: whole?.value };
}

/** A sum over a period in which nothing was recorded is zero. */
function withZeros(points: readonly Point[], { from, until, periodMs }: Periods): Point[] {
  const values = new Map(points.map(({ at, value }) => [at, value]));
  return Array.from({ length: Math.round((until - from) / periodMs) }, (_, index) => {
    const at = from + index * periodMs;
    return { at, value: values.get(at) ?? 0 };
  });
}

/** The unit all metrics share, in small letters; `undefined` when they differ or have none. */
export function unitOf(
  { properties }: MetricWidget,
  metrics: Pick<Metrics, 'find' | 'unitOf'>,
): string | undefined {
  const keys = properties.metrics.flatMap((drawn) => keysOf(drawn, metrics));
  const units = new Set(keys.flatMap((key) => metrics.unitOf(key) ?? []));
  const [unit] = units;
  return units.size === 1 && unit !== 'None' ? unit?.toLowerCase() : undefined;
}
