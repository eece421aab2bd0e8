import * as z from 'zod';
import type { MetricKey } from '../../cloudwatch/metric.ts';
import { type MetricSearch, readSearch } from '../../cloudwatch/search.ts';
import { readStatistic } from '../../cloudwatch/statistic.ts';

/** What one entry of a widget draws: a metric, or whatever a search finds, each by itself or all added up. */
export type DrawnMetric = {
  readonly source:
    | { readonly kind: 'metric'; readonly key: MetricKey }
    | { readonly kind: 'search'; readonly search: MetricSearch; readonly summed: boolean };
  /** The widget's own statistic where it is absent. */
  readonly statistic?: string | undefined;
  /** May hold dimensions of what was found, `${PROP('Dim.unit')}`. */
  readonly label?: string | undefined;
  readonly periodSeconds?: number | undefined;
};

export const statisticName = z
  .string()
  .refine((name) => readStatistic(name) !== undefined, 'this statistic is not run here');

/** A dimension inside a label. */
export const DIMENSION_IN_LABEL = /\$\{PROP\('Dim\.([\w.-]+)'\)\}/g;

const label = z
  .string()
  .refine((text) => !text.replaceAll(DIMENSION_IN_LABEL, '').includes('${'), 'only dimensions in labels')
  .optional();
const period = z.int().min(1).optional();
const metricOptions = z.strictObject({ label, period, stat: statisticName.optional() });
const searchOptions = z.strictObject({ label, period, expression: z.string() });

const parts = z.array(z.union([z.string(), metricOptions, searchOptions])).min(1);

/** `[namespace, name, dimension, value, …, {label, stat, period}]` or `[{expression, label, period}]`. */
export const drawnMetric = parts.transform((entry, context): DrawnMetric => {
  const last = entry.at(-1);
  const options = typeof last === 'object' ? last : {};
  const names = typeof last === 'object' ? entry.slice(0, -1) : entry;
  const drawn = 'expression' in options ? searched(names, options) : spelledOut(names, options);
  if (drawn) return drawn;
  context.addIssue('neither a metric spelled out nor a SEARCH of one metric, plain or in SUM');
  return z.NEVER;
});

type Names = readonly z.infer<typeof parts>[number][];

function searched(names: Names, options: z.infer<typeof searchOptions>): DrawnMetric | undefined {
  const [, inner] = /^SUM\((.*)\)$/.exec(options.expression) ?? [];
  const found = readSearch(inner ?? options.expression);
  if (names.length > 0 || !found || !readStatistic(found.statistic)) return undefined;
  const source = { kind: 'search', search: found.search, summed: inner !== undefined } as const;
  return { source, statistic: found.statistic, label: options.label, periodSeconds: options.period };
}

function spelledOut(names: Names, options: z.infer<typeof metricOptions>): DrawnMetric | undefined {
  const [namespace, name, ...pairs] = names.filter(isName);
  const isWhole = pairs.length === names.length - 2 && pairs.length % 2 === 0;
  if (!isWhole || namespace === undefined || name === undefined) return undefined;
  const dimensions = pairs.flatMap((each, index) => (index % 2 === 0 ? [[each, pairs[index + 1]]] : []));
  const key = { namespace, name, dimensions: Object.fromEntries(dimensions) as Record<string, string> };
  const { stat: statistic, label, period: periodSeconds } = options;
  return { source: { kind: 'metric', key }, statistic, label, periodSeconds };
}

/** Text, and not `.` or `...`, which stand for the line before. */
const isName = (part: Names[number]): part is string => typeof part === 'string' && !/^\.+$/.test(part);
