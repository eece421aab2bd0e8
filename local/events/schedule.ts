import { BootError } from '../boot-error.ts';
import { cronMinutes } from './cron.ts';

/** When a schedule fires next, in milliseconds, given when it last did or began. */
export type Schedule = { readonly next: (after: number) => number };

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Reads `rate(5 minutes)` or `cron(0 3 * * ? *)`, in UTC as EventBridge does; another form is refused. */
export function readSchedule(expression: string, at: string): Schedule {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined && Number(count) > 0) return { next: (after) => after + Number(count) * unitMs };
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  if (!fields) throw new BootError(`${at}: the schedule ${expression} is not run on the laptop`);
  return { next: cronMinutes(fields, at) };
}
