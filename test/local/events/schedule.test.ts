import { describe, expect, it } from 'vitest';
import { readSchedule } from '../../../local/events/schedule.ts';

const at = (text: string) => Date.parse(`${text}Z`);

describe('a schedule', () => {
  it.each([
    ['rate(1 minute)', '2026-11-23T09:00:30', '2026-11-23T09:01:30'],
    ['rate(5 minutes)', '2026-11-23T09:00:00', '2026-11-23T09:05:00'],
    ['rate(12 hours)', '2026-11-23T09:00:00', '2026-11-23T21:00:00'],
    ['rate(2 days)', '2026-11-23T09:00:00', '2026-11-25T09:00:00'],
    ['cron(0 3 * * ? *)', '2026-11-23T09:00:00', '2026-11-24T03:00:00'],
    ['cron(0 3 * * ? *)', '2026-11-23T02:59:59', '2026-11-23T03:00:00'],
    ['cron(0 3 * * ? *)', '2026-11-23T03:00:00', '2026-11-24T03:00:00'],
    ['cron(* * * * ? *)', '2026-11-23T09:00:59', '2026-11-23T09:01:00'],
    ['cron(0/15 * * * ? *)', '2026-11-23T09:01:00', '2026-11-23T09:15:00'],
    ['cron(15,45 8-9 * * ? *)', '2026-11-23T08:46:00', '2026-11-23T09:15:00'],
    ['cron(0 9 ? * MON-FRI *)', '2026-11-27T10:00:00', '2026-11-30T09:00:00'],
    ['cron(0 9 ? * 1 *)', '2026-11-23T00:00:00', '2026-11-29T09:00:00'],
    ['cron(0 0 1 * ? *)', '2026-11-23T00:00:00', '2026-12-01T00:00:00'],
    ['cron(0 0 31 * ? *)', '2026-11-23T00:00:00', '2026-12-31T00:00:00'],
    ['cron(0 0 1 JAN ? *)', '2026-11-23T00:00:00', '2027-01-01T00:00:00'],
    ['cron(0 0 29 2 ? *)', '2026-11-23T00:00:00', '2028-02-29T00:00:00'],
    ['cron(30 6 ? 1/6 TUE 2027-2028)', '2026-11-23T00:00:00', '2027-01-05T06:30:00'],
  ])('%s after %s fires at %s', (expression, after, next) => {
    const fires = readSchedule(expression, 'Test/Rule').next(at(after));
    expect(new Date(fires).toISOString()).toBe(`${next}.000Z`);
  });

  it.each([
    ['rate(0 minutes)', 'rate(0 minutes)'],
    ['rate(5 weeks)', 'rate(5 weeks)'],
    ['at(2026-11-23T09:00:00)', 'at(2026-11-23T09:00:00)'],
    ['every day', 'every day'],
    ['cron(0 3 * * ?)', 'six fields'],
    ['cron(60 3 * * ? *)', 'minutes "60"'],
    ['cron(0 24 * * ? *)', 'hours "24"'],
    ['cron(0 3 L * ? *)', 'day of month "L"'],
    ['cron(0 3 ? * 2#1 *)', 'day of week "2#1"'],
    ['cron(0 3 15W * ? *)', 'day of month "15W"'],
    ['cron(0/0 3 * * ? *)', 'minutes "0/0"'],
  ])('%s is refused by name', (expression, named) => {
    const read = () => readSchedule(expression, 'Test/Rule');
    expect(read).toThrow(expect.objectContaining({ name: 'BootError' }) as Error);
    expect(read).toThrow(named);
  });

  it('that can never fire is refused', () => {
    const never = readSchedule('cron(0 0 31 2 ? *)', 'Test/Rule');
    expect(() => never.next(at('2026-11-23T00:00:00'))).toThrow('never fires');
  });
});
