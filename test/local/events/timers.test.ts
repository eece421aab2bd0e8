import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvents } from '../../../local/events/events.ts';
import type { Resource } from '../../../local/service.ts';

const minute = 60_000;
const queue = 'arn:aws:sqs:us-east-1:000000000000:Q';

/** The number of times that a rule with this schedule has fired. */
function counting(ScheduleExpression: string) {
  const rule: Resource = {
    ...{ stack: 'Test', logicalId: 'R', type: 'AWS::Events::Rule', ref: 'R' },
    arn: 'arn:aws:events:us-east-1:000000000000:rule/R',
    properties: { ScheduleExpression, Targets: [{ Id: 'T', Arn: queue }] },
  };
  let fired = 0;
  const events = createEvents({
    resources: [rule],
    queue: { add: () => undefined, start: () => undefined, stop: () => Promise.resolve() },
    send: () => (fired += 1),
    requirePermission: () => undefined,
    now: Date.now,
  });
  return { ...events, fired: () => fired };
}

describe('a schedule’s timer', () => {
  beforeEach(() => vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 9) }));
  afterEach(() => vi.useRealTimers());

  it('fires one interval after the start, and then at each', () => {
    const schedule = counting('rate(5 minutes)');
    schedule.start();
    vi.advanceTimersByTime(5 * minute - 1);
    expect(schedule.fired()).toBe(0);
    vi.advanceTimersByTime(10 * minute + 1);
    expect(schedule.fired()).toBe(3);
    schedule.stop();
    vi.advanceTimersByTime(60 * minute);
    expect(schedule.fired()).toBe(3);
  });

  it('waits longer than a timer can', () => {
    const schedule = counting('rate(40 days)');
    schedule.start();
    vi.advanceTimersByTime(40 * 24 * 60 * minute - 1);
    expect(schedule.fired()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(schedule.fired()).toBe(1);
    schedule.stop();
  });

  it('makes up for nothing that passed while the machine slept', () => {
    const schedule = counting('rate(1 minute)');
    schedule.start();
    vi.setSystemTime(Date.now() + 480 * minute);
    vi.advanceTimersByTime(minute);
    expect(schedule.fired()).toBe(1);
    vi.advanceTimersByTime(minute);
    expect(schedule.fired()).toBe(2);
    schedule.stop();
  });
});
