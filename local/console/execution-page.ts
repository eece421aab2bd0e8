import type { HttpRequest } from '../endpoint.ts';
import { ACCOUNT, REGION } from '../service.ts';
import { refreshOf } from './address.ts';
import { EXECUTIONS, statusBadge } from './executions-page.ts';
import type { ExecutionEvent, ExecutionStatus, ExecutionsView } from './executions-view.ts';
import { html, type Html } from './html.ts';
import { counted, duration, moment, timeOfDay } from './moments.ts';
import type { Names } from './names.ts';
import type { Page } from './page.ts';

const MOST_SHOWN = 1000;
const MOST_DETAIL = 160;
const NOTABLE_PAUSE_MS = 1000;

const ENDS: Readonly<Record<string, ExecutionStatus>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/** What one execution did and when, from its history alone; `undefined` when nobody knows it. */
export function executionPage(
  asked: { readonly machine: string; readonly name: string },
  request: HttpRequest,
  given: { readonly executions: ExecutionsView; readonly names: Names; readonly now: number },
): Page | undefined {
  const arn = `arn:aws:states:${REGION}:${ACCOUNT}:execution:${asked.machine}:${asked.name}`;
  const events = given.executions.history(arn);
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return undefined;
  const status = ENDS[last.type] ?? 'RUNNING';
  const isRunning = status === 'RUNNING';
  return {
    title: asked.name,
    place: EXECUTIONS,
    ...(isRunning && { refresh: refreshOf(request) }),
    content: html`<p><a href="${EXECUTIONS}">Executions</a></p>
      <h1 class="mono">${asked.name}</h1>
      <section class="card" aria-label="Execution">
        <dl>
          <dt>Status</dt>
          <dd>${statusBadge(status)}</dd>
          <dt>Machine</dt>
          <dd>${given.names(asked.machine)}</dd>
          ${isRunning ? current(events, given.now) : ''}
          <dt>Started</dt>
          <dd>${moment(first.at, given.now)}</dd>
          <dt>${isRunning ? 'So far' : 'Took'}</dt>
          <dd>${duration((isRunning ? given.now : last.at) - first.at)}</dd>
        </dl>
      </section>
      ${history(events)}`,
  };
}

function current(events: readonly ExecutionEvent[], now: number): Html {
  const entered = events.findLast(({ type }) => type.endsWith('StateEntered'));
  if (entered?.state === undefined) return html``;
  return html`<dt>Now in</dt>
    <dd>${entered.state}, for ${duration(now - entered.at)}</dd>`;
}

function history(events: readonly ExecutionEvent[]): Html {
  const shown = events.slice(-MOST_SHOWN);
  return html`<section class="card" aria-labelledby="history">
    <h2 id="history">History</h2>
    ${
      shown.length < events.length
        ? html`<p class="dim">${counted(events.length - shown.length, 'earlier event')} not shown.</p>`
        : ''
    }
    <ol class="timeline">
      ${shown.map((event, index) => entry(event, shown[index - 1]))}
    </ol>
  </section>`;
}

function entry({ type, state, detail, at }: ExecutionEvent, before: ExecutionEvent | undefined): Html {
  const pause =
    before && at - before.at >= NOTABLE_PAUSE_MS ? `after ${duration(at - before.at)}` : undefined;
  return html`<li class="${toneOf(type)}">
    <time class="dim" datetime="${new Date(at).toISOString()}">${timeOfDay(at)}</time>
    <div>
      <strong>${sentence(type)}</strong> ${state} ${detail === undefined ? '' : html`· ${shortened(detail)}`}
      <span class="dim">${pause}</span>
    </div>
  </li>`;
}

function toneOf(type: string): string {
  if (/(Failed|TimedOut|Aborted)$/.test(type)) return 'bad';
  if (/(Succeeded)$/.test(type)) return 'good';
  return /(Entered|ExecutionStarted)$/.test(type) ? 'enter' : '';
}

/** `TaskStateEntered` as `Task state entered`. */
function sentence(type: string): string {
  const text = type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const shortened = (text: string): string =>
  text.length > MOST_DETAIL ? `${text.slice(0, MOST_DETAIL)}…` : text;
