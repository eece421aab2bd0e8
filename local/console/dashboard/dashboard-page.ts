import { withQuery, queryOf, refreshOf } from '../address.ts';
import type { HttpRequest } from '../../endpoint.ts';
import { html, type Html } from '../html.ts';
import { fromTo } from '../moments.ts';
import type { Page } from '../page.ts';
import { renderMarkdown } from './markdown.ts';
import { metricWidget } from './metric-widget.ts';
import { RANGES, type Range, rangeOf } from './range.ts';
import type { Dashboard, Widget } from './read-dashboards.ts';
import { type Figures, keysOf } from './series.ts';
import { layoutOf } from './widget-layout.ts';

export const dashboardHref = ({ slug }: Dashboard): string => `/_local/dashboards/${slug}`;

/** The dashboard as its body describes it, over the range that the address asks for. */
export function dashboardPage(
  dashboard: Dashboard,
  request: HttpRequest,
  figures: Figures & { readonly now: number },
): Page {
  const { title, widgets } = dashboard;
  const drawn = widgets.flatMap((widget) => (widget.type === 'metric' ? widget.properties.metrics : []));
  const keys = drawn.flatMap((each) => keysOf(each, figures.metrics));
  const range = rangeOf(queryOf(request, 'range'), figures.metrics.spanOf(keys), figures.now);
  const choices = RANGES.map(({ name, title: shown }) => {
    const href = withQuery(request, { range: name === 'all' ? undefined : name });
    return html`<li>
      <a href="${href}" ${name === range.name ? html`aria-current="true"` : ''}>${shown}</a>
    </li>`;
  });
  return {
    title,
    place: dashboardHref(dashboard),
    style: layoutOf(widgets),
    refresh: refreshOf(request),
    content: html`<h1>${title}</h1>
      <ul class="choices" aria-label="Range">
        ${choices}
      </ul>
      <p class="lead">${fromTo(range.from, range.until)}</p>
      <div class="cards dashboard">
        ${widgets.map((widget, index) => section(widget, index, { range, figures }))}
      </div>`,
  };
}

function section(widget: Widget, index: number, given: { range: Range; figures: Figures }): Html {
  const isWide = widget.type === 'text' || widget.width > 12;
  return html`<section class="card ${isWide ? 'wide' : ''}" id="w${index}">
    ${
      widget.type === 'text'
        ? renderMarkdown(widget.properties.markdown)
        : metricWidget(widget, given.range, given.figures)
    }
  </section>`;
}
