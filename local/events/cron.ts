import { BootError } from '../boot-error.ts';

type Field = { readonly name: string; readonly from: number; readonly to: number; readonly names?: string };

const FIELDS: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59 },
  { name: 'hours', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC' },
  { name: 'day of week', from: 1, to: 7, names: 'SUN MON TUE WED THU FRI SAT' },
  { name: 'year', from: 1970, to: 2199 },
];
const MINUTE_MS = 60_000;
/** A leap day may be eight years away. */
const HORIZON_MS = 9 * 366 * 24 * 60 * MINUTE_MS;

/** EventBridge's six cron fields as the next matching minute after a moment, in UTC. */
export function cronMinutes(expression: string, at: string): (after: number) => number {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) throw new BootError(`${at}: cron has six fields: ${expression}`);
  const [minutes, hours, days, months, weekdays, years] = FIELDS.map((field, index) =>
    readField(field, parts[index] ?? '', at),
  );
  const dayMatches = (time: Date): boolean =>
    has(years, time.getUTCFullYear()) &&
    has(months, time.getUTCMonth() + 1) &&
    has(days, time.getUTCDate()) &&
    has(weekdays, time.getUTCDay() + 1);
  return (after) => {
    let time = new Date(Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
    while (time.getTime() - after < HORIZON_MS) {
      if (!dayMatches(time)) time = new Date(time.setUTCHours(24, 0, 0, 0));
      else if (has(hours, time.getUTCHours()) && has(minutes, time.getUTCMinutes())) return time.getTime();
      else time = new Date(time.getTime() + MINUTE_MS);
    }
    throw new BootError(`${at}: cron(${expression}) never fires`);
  };
}

type Values = ReadonlySet<number> | 'any';

function has(values: Values | undefined, value: number): boolean {
  return values === 'any' || (values?.has(value) ?? false);
}

function readField(field: Field, text: string, at: string): Values {
  if (text === '*' || text === '?') return 'any';
  const values = text.split(',').flatMap((part) => readPart(field, part, at));
  return new Set(values);
}

function readPart(field: Field, part: string, at: string): number[] {
  const [, first = '', , last, , step] = /^([A-Z]+|\d+|\*)(-([A-Z]+|\d+))?(\/(\d+))?$/.exec(part) ?? [];
  const from = first === '*' ? field.from : numberOf(field, first);
  const single = last === undefined && step === undefined && first !== '*';
  const to = single ? from : last === undefined ? field.to : numberOf(field, last);
  if (from === undefined || to === undefined || from < field.from || to > field.to || step === '0') {
    throw new BootError(`${at}: the cron ${field.name} "${part}" is not run on the laptop`);
  }
  const by = Number(step ?? 1);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function numberOf({ names, from }: Field, text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names?.split(' ').indexOf(text) ?? -1;
  return index < 0 ? undefined : index + from;
}
