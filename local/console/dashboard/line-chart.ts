import type { Point } from '../../cloudwatch/metric.ts';
import { html, type Html } from '../html.ts';
import { dayAndTime, shortFigure, timeOfDay } from '../moments.ts';
import { type Scale, scaleOf } from './scale.ts';
import type { Periods, Series } from './series.ts';

const WIDTH = 1000;
const HEIGHT = 300;
const MOST_DOTS = 60;
const DAY_MS = 86_400_000;

/** A line for each series, the first on top; the drawing stretches to its place, the axes' text does not. */
export function lineChart(options: {
  readonly series: readonly Series[];
  readonly range: Periods;
  /** What a screen reader says of it. */
  readonly summary: string;
}): Html {
  const { series, range, summary } = options;
  const scale = scaleOf(series.flatMap(({ points }) => points.map(({ value }) => value)));
  return html`<div class="chart">
    <div class="y-axis" aria-hidden="true">
      ${scale.ticks.toReversed().map((tick) => html`<span>${shortFigure(tick)}</span>`)}
    </div>
    <svg
      class="plot"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${summary}"
    >
      <path class="rules" d="${scale.ticks.map((tick) => `M0 ${height(tick, scale)}H${WIDTH}`).join('')}" />
      ${series.map(({ points }, index) => line(points, index, { range, scale })).reverse()}
    </svg>
    <div class="x-axis" aria-hidden="true">
      ${timeLabels(range).map((label) => html`<span>${label}</span>`)}
    </div>
  </div>`;
}

/** The sample of a series' line that stands before its name. */
export const lineKey = (index: number): Html =>
  html`<svg class="key" viewBox="0 0 22 10" aria-hidden="true">
    <path class="${lineClass(index)}" d="M1 5H21" />
  </svg>`;

/** Only so many lines of a chart have a colour of their own. */
export const LEADING = 7;

const lineClass = (index: number): string => (index < LEADING ? `c${index}` : 'rest');

function line(points: readonly Point[], index: number, frame: { range: Periods; scale: Scale }): Html {
  if (points.length === 0) return html``;
  const places = points.map((point) => place(point, frame));
  const isDotted = points.length <= MOST_DOTS && index < LEADING;
  return html`<path class="${lineClass(index)}" d="M${places.join('L')}" />
    ${isDotted ? html`<path class="dots ${lineClass(index)}" d="${places.map((at) => `M${at}h0`).join('')}" />` : ''}`;
}

function place({ at, value }: Point, { range, scale }: { range: Periods; scale: Scale }): string {
  const middle = at + range.periodMs / 2 - range.from;
  const x = (middle / (range.until - range.from)) * WIDTH;
  return `${x.toFixed(1)} ${height(value, scale)}`;
}

const height = (value: number, { low, high }: Scale): string =>
  (HEIGHT - ((value - low) / (high - low)) * HEIGHT).toFixed(1);

function timeLabels({ from, until }: Periods): string[] {
  const label = until - from > DAY_MS ? dayAndTime : timeOfDay;
  return [from, (from + until) / 2, until].map(label);
}
