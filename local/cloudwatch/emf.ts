import * as z from 'zod';
import type { Datapoint } from './metric.ts';

const directive = z.object({
  Namespace: z.string().min(1),
  Dimensions: z.array(z.array(z.string()).max(30)),
  Metrics: z.array(z.object({ Name: z.string().min(1), Unit: z.string().default('None') })).max(100),
});

const document = z.looseObject({
  _aws: z.object({ Timestamp: z.number().int(), CloudWatchMetrics: z.array(directive) }),
});

type Document = z.infer<typeof document>;
type Directive = z.infer<typeof directive>;

/**
 * The datapoints in one line of output, if it is in CloudWatch's Embedded Metric Format. Whatever is not, or names a
 * value or dimension that the line does not hold, gives none and never throws.
 */
export function readEmf(line: string): readonly Datapoint[] {
  if (!line.startsWith('{') || !line.includes('"CloudWatchMetrics"')) return [];
  const parsed = document.safeParse(parseJson(line));
  if (!parsed.success) return [];
  return parsed.data._aws.CloudWatchMetrics.flatMap((each) => datapointsOf(parsed.data, each));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function datapointsOf(root: Document, { Namespace: namespace, Dimensions, Metrics }: Directive): Datapoint[] {
  const sets = Dimensions.map((names) => dimensionsOf(root, names)).filter((set) => set !== undefined);
  return Metrics.flatMap(({ Name: name, Unit: unit }) =>
    valuesOf(root[name]).flatMap((value) =>
      sets.map((dimensions) => ({ namespace, name, unit, dimensions, at: root._aws.Timestamp, value })),
    ),
  );
}

function dimensionsOf(root: Document, names: readonly string[]): Record<string, string> | undefined {
  const found = names.flatMap((name): [string, string][] => {
    const value = root[name];
    return typeof value === 'string' && value !== '' ? [[name, value]] : [];
  });
  return found.length === names.length ? Object.fromEntries(found) : undefined;
}

function valuesOf(target: unknown): number[] {
  const values: unknown[] = Array.isArray(target) ? target.slice(0, 100) : [target];
  return values.filter((value) => Number.isFinite(value)) as number[];
}
