import { utc } from './describe-request.ts';

const two = '2-digit';
const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two, hourCycle: 'h23' } as const;

/** A moment where a person lives, and in UTC: `2026-11-23 12:00 Europe/Berlin (2026-11-23 11:00 UTC)`. */
export function zonedTime(iso: string, timeZone = 'UTC'): string {
  if (timeZone === 'UTC') return utc(iso);
  const parts = new Intl.DateTimeFormat('en-GB', { ...fields, timeZone }).formatToParts(new Date(iso));
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? '';
  const local = `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
  return `${local} ${timeZone} (${utc(iso)})`;
}
