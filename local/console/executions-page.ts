import type { HttpRequest } from '../endpoint.ts';
import { queryOf, refreshOf, withQuery } from './address.ts';
import {
  EXECUTION_STATUSES,
  type ExecutionStatus,
  type ExecutionSummary,
  type ExecutionsView,
} from './executions-view.ts';
import { html, type Html } from './html.ts';
import { duration, moment } from './moments.ts';
import type { Names } from './names.ts';
import type { Page } from './page.ts';

export const EXECUTIONS = '/_local/executions';

const MOST_SHOWN = 200;

export const statusWord = (status: ExecutionStatus): string => status.toLowerCase().replace('_', ' ');

export const statusBadge = (status: ExecutionStatus, count?: number): Html =>
  html`<span class="badge ${statusWord(status).replace(' ', '-')}">${count} ${statusWord(status)}</span>`;

/** Executions, newest first, of all states or of the one that the address asks for. */
export function executionsPage(
  executions: ExecutionsView,
  request: HttpRequest,
  given: { readonly names: Names; readonly now: number },
): Page {
  const status = EXECUTION_STATUSES.find((each) => each === queryOf(request, 'status'));
  const shown = executions.list({ status, limit: MOST_SHOWN });
  const choice = (value: ExecutionStatus | undefined): Html =>
    html`<li>
      <a href="${withQuery(request, { status: value })}" ${value === status ? html`aria-current="true"` : ''}
        >${value === undefined ? 'All' : statusWord(value)}</a
      >
    </li>`;
  return {
    title: 'Executions',
    place: EXECUTIONS,
    refresh: refreshOf(request),
    content: html`<h1>Executions</h1>
      <p class="lead">Runs of state machines, newest first.</p>
      <ul class="choices" aria-label="Status">
        ${[undefined, ...EXECUTION_STATUSES].map(choice)}
      </ul>
      <div class="card">
        ${shown.length === 0 ? html`<p class="empty">None.</p>` : executionsTable('Executions', shown, given)}
      </div>
      ${shown.length === MOST_SHOWN ? html`<p class="dim">The newest ${MOST_SHOWN} are shown.</p>` : ''}`,
  };
}

/** Executions as rows, each with a way to its history. */
export function executionsTable(
  title: string,
  executions: readonly ExecutionSummary[],
  given: { readonly names: Names; readonly now: number },
): Html {
  return html`<table class="stack">
    <caption class="hidden">
      ${title}
    </caption>
    <thead>
      <tr>
        <th scope="col">Execution</th>
        <th scope="col">Status</th>
        <th scope="col" class="num">Started</th>
      </tr>
    </thead>
    <tbody>
      ${executions.map((each) => row(each, given))}
    </tbody>
  </table>`;
}

function row(execution: ExecutionSummary, { names, now }: { names: Names; now: number }): Html {
  const { machine, name, status, startedAt, stoppedAt, state, waitingSince } = execution;
  const waits =
    waitingSince === undefined ? '' : html`<span class="dim">waits ${duration(now - waitingSince)}</span>`;
  return html`<tr>
    <th scope="row">
      <a href="${executionHref(machine, name)}" class="mono">${name}</a>
      <span class="dim">${names(machine)}</span>
    </th>
    <td>${statusBadge(status)} ${state} ${waits}</td>
    <td class="num">
      ${moment(startedAt, now)} <span class="dim">${duration((stoppedAt ?? now) - startedAt)}</span>
    </td>
  </tr>`;
}

export const executionHref = (machine: string, name: string): string =>
  `${EXECUTIONS}/${encodeURIComponent(machine)}/${encodeURIComponent(name)}`;
