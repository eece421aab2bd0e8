import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExecutionChange, createMetrics, type Metrics } from '../../../local/cloudwatch/metrics.ts';
import { watchQueues } from '../../../local/cloudwatch/watch-queues.ts';
import { temporaryDirectory } from '../fixtures/start-cloud.ts';

const start = Date.UTC(2026, 10, 24, 9, 0, 0);
const minute = 60_000;

let directory: ReturnType<typeof temporaryDirectory>;
let clock: number;
let metrics: Metrics;

beforeEach(() => {
  directory = temporaryDirectory();
  clock = start;
  metrics = createMetrics({ directory: directory.path, now: () => clock });
});
afterEach(() => {
  metrics.close();
  directory.clean();
});

const latency = { namespace: 'Shop', name: 'Latency', dimensions: { stage: 'dev' } };
const hour = { from: start, until: start + 60 * minute, periodMs: minute };

function emit(value: unknown, at: number, dimensions: Record<string, string> = { stage: 'dev' }): void {
  const Metrics = [{ Name: 'Latency', Unit: 'Seconds' }];
  const directive = { Namespace: 'Shop', Dimensions: [Object.keys(dimensions)], Metrics };
  const _aws = { Timestamp: at, CloudWatchMetrics: [directive] };
  metrics.record(JSON.stringify({ _aws, ...dimensions, Latency: value }));
}

describe('a statistic over a period', () => {
  it.each<[string, number[], number | undefined]>([
    ['Sum', [4, 1, 3, 2], 10],
    ['Average', [4, 1, 3, 2], 2.5],
    ['Minimum', [4, 1, 3, 2], 1],
    ['Maximum', [4, 1, 3, 2], 4],
    ['SampleCount', [4, 1, 3, 2], 4],
    ['Sum', [0.5, -2], -1.5],
    ['p50', [4, 1, 3, 2], 2.5],
    ['p50', [9], 9],
    ['p95', Array.from({ length: 101 }, (_, value) => value), 95],
    ['p99.9', Array.from({ length: 1001 }, (_, value) => value), 999],
    ['p0', [4, 1, 3], 1],
    ['p100', [4, 1, 3], 4],
    ['p101', [4, 1, 3], undefined],
    ['tm99', [4, 1, 3], undefined],
    ['toString', [4, 1, 3], undefined],
  ])('%s of %j is %s', (statistic, values, expected) => {
    for (const value of values) emit(value, start + 1);
    const value = metrics.query({ ...latency, ...hour, statistic })[0]?.value;
    if (expected === undefined) expect(value).toBeUndefined();
    else expect(value).toBeCloseTo(expected);
  });

  it.each(['Sum', 'p50'])('is a point for each period that has values, for %s', (statistic) => {
    for (const at of [0, minute - 1, minute, 5 * minute]) emit(2, start + at);
    const points = metrics.query({ ...latency, ...hour, statistic });
    expect(points.map(({ at }) => (at - start) / minute)).toEqual([0, 1, 5]);
    expect(points[0]?.value).toBe(statistic === 'Sum' ? 4 : 2);
  });

  it('counts from the range’s start up to its end, which it leaves out', () => {
    for (const at of [-1, 0, 30 * minute, 60 * minute]) emit(1, start + at);
    const whole = { ...hour, periodMs: 60 * minute };
    expect(metrics.query({ ...latency, ...whole, statistic: 'Sum' })).toEqual([{ at: start, value: 2 }]);
  });
});

describe('a metric', () => {
  it('is another one with a dimension more, less or different', () => {
    emit(1, start, { stage: 'dev' });
    emit(10, start, { stage: 'dev', unit: 'finance' });
    emit(100, start, { stage: 'prod' });
    const sum = (dimensions: Record<string, string>) =>
      metrics.query({ ...latency, dimensions, ...hour, statistic: 'Sum' })[0]?.value;
    expect(sum({ stage: 'dev' })).toBe(1);
    expect(sum({ unit: 'finance', stage: 'dev' })).toBe(10);
    expect(sum({ stage: 'prod' })).toBe(100);
    expect(sum({})).toBeUndefined();
    expect(sum({ unit: 'finance' })).toBeUndefined();
  });

  it('survives a restart, with its unit', () => {
    emit(7, start);
    metrics.close();
    metrics = createMetrics({ directory: directory.path, now: () => clock });
    emit(8, start + 1);
    expect(metrics.query({ ...latency, ...hour, statistic: 'Sum' })).toEqual([{ at: start, value: 15 }]);
    expect(metrics.unitOf(latency)).toBe('Seconds');
    expect(metrics.unitOf({ ...latency, name: 'Other' })).toBeUndefined();
  });

  it('of long ago or of tomorrow is not taken, as CloudWatch does not', () => {
    for (const days of [-15, 1]) emit(1, start + days * 24 * 60 * minute);
    expect(metrics.spanOf([latency])).toBeUndefined();
  });

  it('knows when it was first and last recorded, among others', () => {
    emit(1, start + 5);
    emit(1, start + 9);
    emit(1, start + 20, { stage: 'prod' });
    const other = { ...latency, dimensions: { stage: 'prod' } };
    expect(metrics.spanOf([latency])).toEqual({ first: start + 5, last: start + 9 });
    expect(metrics.spanOf([latency, other])).toEqual({ first: start + 5, last: start + 20 });
  });

  it('is recorded so fast that every line can be looked at', () => {
    const began = performance.now();
    for (let count = 0; count < 1000; count += 1) emit(count, start + count);
    for (let count = 0; count < 100_000; count += 1) metrics.record('{"level":"INFO","message":"hello"}');
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('what the cloud itself measures', () => {
  const total = (namespace: string, name: string, dimensions: Record<string, string>, statistic = 'Sum') =>
    metrics.query({ namespace, name, dimensions, ...hour, statistic })[0]?.value;

  it('is invocations, errors and duration by function', () => {
    metrics.recordInvocation('Door', { ok: true, durationMs: 10 });
    metrics.recordInvocation('Door', { ok: false, durationMs: 30 });
    const door = { FunctionName: 'Door' };
    expect(total('AWS/Lambda', 'Invocations', door)).toBe(2);
    expect(total('AWS/Lambda', 'Errors', door)).toBe(1);
    expect(total('AWS/Lambda', 'Errors', door, 'SampleCount')).toBe(2);
    expect(total('AWS/Lambda', 'Duration', door, 'Average')).toBe(20);
    expect(total('AWS/Lambda', 'Errors', {})).toBeUndefined();
  });

  it.each<[ExecutionChange, string]>([
    ['started', 'ExecutionsStarted'],
    ['succeeded', 'ExecutionsSucceeded'],
    ['failed', 'ExecutionsFailed'],
    ['timedOut', 'ExecutionsTimedOut'],
    ['aborted', 'ExecutionsAborted'],
  ])('is executions that %s as %s', (change, name) => {
    metrics.recordExecution('arn:machine', change);
    expect(total('AWS/States', name, { StateMachineArn: 'arn:machine' })).toBe(1);
  });

  it('is the depth of queues, looked at again and again', async () => {
    let visible = 0;
    const queueDepths = () => [{ queue: 'parked', visible: visible++ }];
    const watch = watchQueues({ metrics, queueDepths, everyMs: 5 });
    await expect
      .poll(() => total('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'parked' }, 'Maximum'))
      .toBeGreaterThan(1);
    watch.stop();
  });
});
