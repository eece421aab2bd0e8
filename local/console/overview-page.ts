import type { QueueDepth } from '../cloudwatch/metrics.ts';
import type { HttpRequest } from '../endpoint.ts';
import type { Inbox } from '../ses/inbox.ts';
import { refreshOf } from './address.ts';
import type { Entry, Page } from './page.ts';
import { EXECUTIONS, executionsTable } from './executions-page.ts';
import type { ExecutionSummary, ExecutionsView } from './executions-view.ts';
import { html, type Html } from './html.ts';
import { INBOX } from './inbox-pages.ts';
import { duration, figure } from './moments.ts';
import type { Names } from './names.ts';
import { executionCounts, queueHealth } from './overview-tables.ts';

export const OVERVIEW = '/_local/';

const MOST_COUNTED = 10_000;
const MOST_RUNNING = 8;

export type Overview = {
  readonly url: string;
  /** Names of the template's state machines. */
  readonly machines: readonly string[];
  readonly dashboards: readonly Entry[];
  readonly executions: ExecutionsView;
  readonly inbox: Pick<Inbox, 'list'>;
  readonly queueDepths: () => readonly QueueDepth[];
  readonly names: Names;
  readonly now: number;
};

/** What runs now, where it waits longest, what was parked, and where everything else is. */
export function overviewPage(overview: Overview, request: HttpRequest): Page {
  const all = overview.executions.list({ limit: MOST_COUNTED });
  const running = all
    .filter(({ status }) => status === 'RUNNING')
    .toSorted(
      (a, b) => (a.waitingSince ?? Infinity) - (b.waitingSince ?? Infinity) || a.startedAt - b.startedAt,
    );
  const queues = overview.queueDepths();
  return {
    title: 'Overview',
    place: OVERVIEW,
    refresh: refreshOf(request),
    content: html`<h1>Overview</h1>
      <p class="lead">Your cloud on this machine, from the same template that deploys to AWS.</p>
      ${tiles(overview, { running, queues })}
      <section class="card" aria-labelledby="running">
        <h2 id="running">Running now, longest waiting first</h2>
        ${
          running.length === 0
            ? html`<p class="dim">Nothing runs at the moment.</p>`
            : executionsTable('Running now', running.slice(0, MOST_RUNNING), overview)
        }
        ${running.length > MOST_RUNNING ? html`<p><a href="${EXECUTIONS}?status=RUNNING">All ${running.length} that run</a></p>` : ''}
      </section>
      <div class="cards">
        ${executionCounts(overview.machines, all, overview.names)} ${queueHealth(queues, overview.names)}
        ${addresses(overview)}
      </div>
      ${all.length === MOST_COUNTED ? html`<p class="dim">Counted: the newest ${figure(MOST_COUNTED)}.</p>` : ''}`,
  };
}

function tiles(
  { inbox, now }: Overview,
  { running, queues }: { running: readonly ExecutionSummary[]; queues: readonly QueueDepth[] },
): Html {
  const parked = queues.reduce((sum, { visible }) => sum + visible, 0);
  const [longest] = running;
  const wait = longest?.waitingSince === undefined ? 'none' : duration(now - longest.waitingSince);
  return html`<ul class="tiles">
    <li>
      <a class="card" href="${EXECUTIONS}?status=RUNNING"
        ><strong>${figure(running.length)}</strong> running now</a
      >
    </li>
    <li>
      <div class="card"><strong>${wait}</strong> longest wait</div>
    </li>
    <li>
      <a class="card" href="${INBOX}"><strong>${figure(inbox.list().length)}</strong> in the inbox</a>
    </li>
    <li>
      <div class="card ${parked > 0 ? 'alarm' : ''}"><strong>${figure(parked)}</strong> parked messages</div>
    </li>
  </ul>`;
}

function addresses({ url, dashboards }: Overview): Html {
  return html`<section class="card wide" aria-labelledby="addresses">
    <h2 id="addresses">Addresses</h2>
    <dl>
      <dt>Dashboards</dt>
      <dd class="links">${dashboards.map(({ href, title }) => html`<a href="${href}">${title}</a> `)}</dd>
      <dt>API</dt>
      <dd class="mono">${url}</dd>
      <dt>AWS calls</dt>
      <dd class="mono">AWS_ENDPOINT_URL=${url}</dd>
      <dt>Inbox for programs</dt>
      <dd class="mono"><a href="${INBOX}.json">${url}${INBOX}.json</a></dd>
    </dl>
  </section>`;
}
