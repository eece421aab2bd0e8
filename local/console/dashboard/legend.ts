import { html, type Html } from '../html.ts';
import { figure, timeOfDay } from '../moments.ts';
import { LEADING, lineKey } from './line-chart.ts';
import type { Series } from './series.ts';

/** The chart's figures in words: each series over the whole range, and its highest point; the longest tail folds. */
export function legend(title: string, series: readonly Series[]): Html {
  const rows = series.map(row);
  if (rows.length <= LEADING) return table(title, rows);
  const rest = rows.slice(LEADING);
  return html`${table(title, rows.slice(0, LEADING))}
    <details>
      <summary>${rest.length} more</summary>
      ${table(`${title}, the rest`, rest)}
    </details>`;
}

function table(title: string, rows: readonly Html[]): Html {
  return html`<table class="legend">
    <caption class="hidden">
      ${title}: figures
    </caption>
    <thead>
      <tr>
        <th scope="col">Series</th>
        <th scope="col" class="num">Overall</th>
        <th scope="col" class="num">Peak</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function row({ label, points, whole }: Series, index: number): Html {
  const [highest] = points.toSorted((a, b) => b.value - a.value);
  return html`<tr>
    <th scope="row">${lineKey(index)}${label}</th>
    <td class="num">${whole === undefined ? '–' : figure(whole)}</td>
    <td class="num">
      ${highest ? html`${figure(highest.value)} <span class="hidden">at ${timeOfDay(highest.at)}</span>` : '–'}
    </td>
  </tr>`;
}
