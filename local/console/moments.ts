import { html, type Html } from './html.ts';

const DAY_MS = 86_400_000;

/** The laptop's own time of day, `14:03:05`. */
export function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hourCycle: 'h23' });
}

/** Day and time on the laptop, `24 Nov 2026, 14:03:05`. */
export function dayAndTime(at: number): string {
  const day = new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day}, ${timeOfDay(at)}`;
}

/** From when to when; the day is said once while it is the same. */
export function fromTo(from: number, until: number): string {
  const [first, last] = [dayAndTime(from), dayAndTime(until)];
  const isOneDay = first.split(',')[0] === last.split(',')[0];
  return `${first} to ${isOneDay ? timeOfDay(until) : last}`;
}

/** The time alone while it is of the last day, the day too when it is older; the machine-readable form beside it. */
export function moment(at: number, now: number): Html {
  const shown = now - at < DAY_MS ? timeOfDay(at) : dayAndTime(at);
  return html`<time datetime="${new Date(at).toISOString()}" title="${dayAndTime(at)}">${shown}</time>`;
}

const STEPS = [
  { unit: 'd', ms: DAY_MS },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
  { unit: 's', ms: 1000 },
] as const;

/** The two largest parts of a duration, `3 min 5 s`; under ten seconds with a tenth, under one in milliseconds. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000 && ms % 1000 > 0) return `${figure(Math.round(ms / 100) / 10)} s`;
  const parts = STEPS.map(({ unit, ms: step }, index) => {
    const larger = STEPS[index - 1]?.ms ?? Infinity;
    return { unit, count: Math.floor((ms % larger) / step) };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return shown.map(({ count, unit }) => `${count} ${unit}`).join(' ');
}

const LONG = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 });

/** A figure to read, `12,480.5`. */
export const figure = (value: number): string => LONG.format(value);

/** A figure for an axis, `12.5K`. */
export const shortFigure = (value: number): string =>
  Math.abs(value) < 10_000 ? LONG.format(value) : SHORT.format(value);

/** `1 message`, `2 messages`. */
export const counted = (count: number, noun: string): string =>
  `${figure(count)} ${noun}${count === 1 ? '' : 's'}`;
