import { openDatapointStore, type Periods } from './datapoint-store.ts';
import { readEmf } from './emf.ts';
import type { MetricKey, Point } from './metric.ts';
import { hasSearched, type MetricSearch } from './search.ts';
import { readStatistic } from './statistic.ts';

export type Query = MetricKey & Periods & { readonly statistic: string };

/** What an execution did, in the words of the metric that counts it. */
export type ExecutionChange = 'started' | 'succeeded' | 'failed' | 'timedOut' | 'aborted';

/** How many messages of a queue can be received now. */
export type QueueDepth = { readonly queue: string; readonly visible: number };

/** CloudWatch's metrics on the laptop, durable. */
export type Metrics = {
  /** Keeps the datapoints of one line of a function's output; any other line costs one look at its start. */
  record(line: string): void;
  recordInvocation(functionName: string, took: { readonly ok: boolean; readonly durationMs: number }): void;
  recordExecution(machineArn: string, change: ExecutionChange): void;
  recordDepth(depth: QueueDepth): void;
  /** One point for each period that has values; none for a metric or statistic nobody knows. */
  query(query: Query): readonly Point[];
  /** The times of the first and the last datapoint of all these metrics; `undefined` when there is none. */
  spanOf(keys: readonly MetricKey[]): { readonly first: number; readonly last: number } | undefined;
  /** Every metric that was ever recorded with exactly what is searched for, in the order of their dimensions. */
  find(search: MetricSearch): readonly MetricKey[];
  unitOf(key: MetricKey): string | undefined;
  close(): void;
};

const EXECUTIONS: Readonly<Record<ExecutionChange, string>> = {
  started: 'ExecutionsStarted',
  succeeded: 'ExecutionsSucceeded',
  failed: 'ExecutionsFailed',
  timedOut: 'ExecutionsTimedOut',
  aborted: 'ExecutionsAborted',
};

const PAST_LIMIT_MS = 14 * 24 * 3_600_000;
const FUTURE_LIMIT_MS = 2 * 3_600_000;

/** Opens `directory/cloudwatch.db`. Close it after everything that records has stopped. */
export function createMetrics(options: { readonly directory: string; readonly now: () => number }): Metrics {
  const { now } = options;
  const store = openDatapointStore(options.directory);
  return {
    record: (line) => {
      for (const point of readEmf(line)) if (isAccepted(point.at, now())) store.add(point);
    },
    recordInvocation: (functionName, { ok, durationMs }) => {
      const of = { namespace: 'AWS/Lambda', dimensions: { FunctionName: functionName }, at: now() };
      store.add({ ...of, name: 'Invocations', unit: 'Count', value: 1 });
      store.add({ ...of, name: 'Errors', unit: 'Count', value: ok ? 0 : 1 });
      store.add({ ...of, name: 'Duration', unit: 'Milliseconds', value: durationMs });
    },
    recordExecution: (machineArn, change) => {
      const of = { namespace: 'AWS/States', dimensions: { StateMachineArn: machineArn }, at: now() };
      store.add({ ...of, name: EXECUTIONS[change], unit: 'Count', value: 1 });
    },
    recordDepth: ({ queue, visible }) => {
      const of = { namespace: 'AWS/SQS', dimensions: { QueueName: queue }, at: now() };
      store.add({ ...of, name: 'ApproximateNumberOfMessagesVisible', unit: 'Count', value: visible });
    },
    query: ({ statistic, ...of }) => {
      const known = readStatistic(statistic);
      return known ? store.points(of, known, of) : [];
    },
    spanOf: (keys) => {
      const spans = keys.flatMap((key) => store.spanOf(key) ?? []);
      if (spans.length === 0) return undefined;
      return {
        first: Math.min(...spans.map(({ first }) => first)),
        last: Math.max(...spans.map(({ last }) => last)),
      };
    },
    find: (search) => {
      const { namespace, name } = search;
      const all = store.dimensionsOf(namespace, name).map((dimensions) => ({ namespace, name, dimensions }));
      return all.filter((key) => hasSearched(key, search));
    },
    unitOf: store.unitOf,
    close: store.close,
  };
}

/** CloudWatch drops what is older than two weeks or lies more than two hours ahead. */
const isAccepted = (at: number, now: number) => at >= now - PAST_LIMIT_MS && at <= now + FUTURE_LIMIT_MS;
