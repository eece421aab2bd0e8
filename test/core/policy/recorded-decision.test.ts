import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../core/event.ts';
import { decisionFiles, minuteKey, minuteOfKey, readRecord } from '../../../core/policy/recorded-decision.ts';
import { eventOf, momentOf, recordOf } from '../../harness/records.ts';
import { someRelease, someRequest } from '../../harness/release.ts';

const release = someRelease();
const record = (n: number) => recordOf(release, someRequest(), n);
const events = [0, 1, 2].map((n) => eventOf(record(n)));
const whole = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('the decisions of a batch', () => {
  it('stand in one file, as they were made', () => {
    const [file, ...others] = decisionFiles(events);
    expect(others).toEqual([]);
    expect(file?.key).toMatch(/^decisions\/2026-11-23\/\d\d-\d\d-[0-9a-f]{16}\.ndjson$/);
    const lines = file?.text.trimEnd().split('\n') ?? [];
    expect(lines.map(readRecord)).toEqual([0, 1, 2].map((n) => whole(record(n))));
  });

  it('give the same file again for the same batch, and another for another', () => {
    expect(decisionFiles(events)).toEqual(decisionFiles(events));
    expect(decisionFiles(events.slice(1))[0]?.key).not.toBe(decisionFiles(events)[0]?.key);
  });

  it('stand in a file for each minute', () => {
    const late = { ...events[2]!, at: momentOf(1, 90_000) };
    const keys = decisionFiles([events[0]!, late, events[1]!]).map(({ key }) => minuteOfKey(key));
    expect(keys).toEqual([minuteKey(events[0]!.at), minuteKey(late.at)]);
    expect(keys.toSorted()).toEqual(keys);
  });

  it('leave out what is no decision of the door', () => {
    const [event] = events as [AuditEvent];
    const { input, ...approved } = event.data;
    const { decided, ...older } = event.data;
    const others: AuditEvent[] = [
      { ...event, type: 'action.succeeded' },
      { ...event, type: 'approval.opened' },
      { ...event, data: approved },
      { ...event, data: older },
    ];
    expect(decisionFiles(others)).toEqual([]);
  });
});

describe('a recorded line', () => {
  it.each<[string, string, string]>([
    ['that is cut off', JSON.stringify(record(0)).slice(0, -5), 'no JSON'],
    ['of a later layout', JSON.stringify({ ...record(0), v: 2 }), 'another format: v'],
    [
      'without its facts',
      JSON.stringify({ ...record(0), decided: { outcome: 'allow' } }),
      'another format: decided.agent, decided.approvals',
    ],
    ['that is something else', '[]', 'another format: the whole'],
  ])('%s says why it can not be read', (_, line, why) => {
    expect(readRecord(line)).toEqual({ unreadable: why });
  });

  it('may hold fields a later version knows', () => {
    expect(readRecord(JSON.stringify({ ...record(0), later: true }))).toEqual(whole(record(0)));
  });
});
