const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The stretches of time a dashboard can show, by their name in its address. */
export const RANGES = [
  { name: 'all', title: 'All recorded' },
  { name: '10m', title: 'Last 10 minutes', ms: 10 * MINUTE_MS },
  { name: '1h', title: 'Last hour', ms: HOUR_MS },
  { name: '1d', title: 'Last day', ms: DAY_MS },
] as const;

export type RangeName = (typeof RANGES)[number]['name'];

/** From `from` up to but without `until`, in epoch milliseconds. */
export type Range = { readonly from: number; readonly until: number };

/** The range of that name up to now; `all` is as long as anything was recorded, and any other name means it. */
export function rangeOf(
  name: string | undefined,
  recorded: { readonly first: number; readonly last: number } | undefined,
  now: number,
): Range & { readonly name: RangeName } {
  const chosen = RANGES.find((each) => each.name === name) ?? RANGES[0];
  if ('ms' in chosen) return { name: chosen.name, from: now + 1 - chosen.ms, until: now + 1 };
  const { first, last } = recorded ?? { first: now - 10 * MINUTE_MS, last: now };
  return { name: chosen.name, from: first, until: Math.max(last + 1, first + MINUTE_MS) };
}

const PERIODS_MS = [5 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS];
const MOST_POINTS = 120;
const FEWEST_POINTS = 24;

/** The range in whole periods: the dashboard's own period, or a finer one while that would be a few dots only. */
export function inPeriods(
  { from, until }: Range,
  ownPeriodMs: number,
): Range & { readonly periodMs: number } {
  const length = until - from;
  const finest = PERIODS_MS.find((period) => length <= period * MOST_POINTS) ?? DAY_MS;
  const periodMs = length >= ownPeriodMs * FEWEST_POINTS ? Math.max(finest, ownPeriodMs) : finest;
  return {
    from: Math.floor(from / periodMs) * periodMs,
    until: Math.ceil(until / periodMs) * periodMs,
    periodMs,
  };
}
