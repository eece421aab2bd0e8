import { html, type Html } from '../html.ts';
import { duration, figure } from '../moments.ts';
import { legend } from './legend.ts';
import { lineChart } from './line-chart.ts';
import { inPeriods, type Range } from './range.ts';
import type { MetricWidget } from './read-dashboards.ts';
import { type Figures, ownPeriodMs, type Series, seriesOf, unitOf } from './series.ts';

/** A widget of figures: a line chart with its legend, or one big number for each metric over the whole range. */
export function metricWidget(widget: MetricWidget, whole: Range, figures: Figures): Html {
  const { view, title } = widget.properties;
  const range = inPeriods(whole, ownPeriodMs(widget));
  const series = seriesOf(widget, range, figures);
  return html`<h2>${title}</h2>
    ${view === 'singleValue' ? series.map(bigNumber) : chart(widget, series, { range, figures })}`;
}

const bigNumber = ({ label, whole }: Series): Html =>
  html`<p class="big">${whole === undefined ? '–' : figure(whole)}</p>
    <p class="dim">${label}${whole === undefined ? ': nothing recorded' : ''}</p>`;

function chart(
  widget: MetricWidget,
  all: readonly Series[],
  { range, figures }: { range: ReturnType<typeof inPeriods>; figures: Figures },
): Html {
  const series = byWeight(all);
  if (series[0]?.whole === undefined) {
    return html`<p class="empty">Nothing recorded: ${series.map(({ label }) => label).join(', ')}.</p>`;
  }
  const { title, yAxis } = widget.properties;
  const unit = yAxis.left?.label ?? unitOf(widget, figures.metrics);
  const each = `each point ${duration(range.periodMs)}`;
  const summary = `Line chart of ${title}, ${each}. The table below gives its figures.`;
  return html`<p class="unit"><span>${unit}</span> <span>${each}</span></p>
    ${lineChart({ series, range, summary })} ${legend(title, series)}`;
}

/** Long lists begin with what weighs most; short ones, and series without data, keep their order. */
function byWeight(series: readonly Series[]): readonly Series[] {
  const weight = ({ whole }: Series): number => whole ?? -Infinity;
  return series.length > 4
    ? series.toSorted((a, b) => weight(b) - weight(a) || 0)
    : series.toSorted((a, b) => Number(a.whole === undefined) - Number(b.whole === undefined));
}
