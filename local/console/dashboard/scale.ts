/** A value axis: evenly spaced round ticks, ascending, that hold every value and zero. */
export type Scale = { readonly low: number; readonly high: number; readonly ticks: readonly number[] };

const INTERVALS = 4;

export function scaleOf(values: readonly number[]): Scale {
  const least = values.reduce((a, b) => Math.min(a, b), 0);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const step = most === least ? 1 : roundStep((most - least) / INTERVALS, values.every(Number.isInteger));
  const first = Math.floor(least / step);
  const last = Math.max(Math.ceil(most / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => exact((first + index) * step));
  return { low: exact(first * step), high: exact(last * step), ticks };
}

/** The next 1, 2, 2.5 or 5 of its power of ten; never a fraction where all values are whole. */
function roundStep(rough: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999999);
  return exact(whole ? Math.max(1, Math.ceil(step ?? rough)) : (step ?? rough));
}

/** Without the crumbs that binary fractions leave. */
const exact = (value: number): number => Number(value.toPrecision(12));
