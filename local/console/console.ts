import type { HttpReply, HttpRequest } from '../endpoint.ts';
import { decodePart } from './address.ts';
import { dashboardHref } from './dashboard/dashboard-page.ts';
import { readDashboards } from './dashboard/read-dashboards.ts';
import { EXECUTIONS } from './executions-page.ts';
import { html } from './html.ts';
import { INBOX } from './inbox-pages.ts';
import { OVERVIEW } from './overview-page.ts';
import { createFrame, HEADERS, type Page } from './page.ts';
import { type Answer, type ConsoleOptions, type Route, routesOf } from './routes.ts';

/**
 * Answers everything under `/_local/`: pages for people, the inbox for programs, and schedules to fire. Only who asks
 * for this machine by its own name is answered, so that no web site can read it through a name that resolves here.
 * Throws a `BootError` for a dashboard that it cannot draw.
 */
export function createConsole(options: ConsoleOptions): (request: HttpRequest) => Promise<HttpReply> {
  const { host, port } = new URL(options.url);
  const hosts = [host, `localhost:${port}`];
  const dashboards = readDashboards(options.resources);
  const entries = [
    { href: OVERVIEW, title: 'Overview' },
    ...dashboards.map((each) => ({ href: dashboardHref(each), title: each.title })),
    { href: EXECUTIONS, title: 'Executions' },
    { href: INBOX, title: 'Inbox' },
  ];
  const frame = createFrame({ host, entries });
  const routes = routesOf(options, dashboards);
  return async (request) => {
    if (!hosts.includes(request.headers['host'] ?? '')) return FORBIDDEN;
    const answer = answerOf(routes, request);
    if (!answer) return frame(NOT_FOUND, 404);
    return 'content' in answer ? frame(answer) : answer;
  };
}

function answerOf(routes: readonly Route[], request: HttpRequest): Answer {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  for (const route of routes) {
    const found = route.method === method ? route.path.exec(request.path) : null;
    if (!found) continue;
    const [first, second] = [found[1] ?? '', found[2] ?? ''].map(decodePart);
    return first === undefined || second === undefined ? undefined : route.answer(request, first, second);
  }
  return undefined;
}

const NOT_FOUND: Page = {
  title: 'Not here',
  content: html`<h1>Not here</h1>
    <p>There is no such page. The <a href="${OVERVIEW}">overview</a> leads to all there are.</p>`,
};

const FORBIDDEN: HttpReply = {
  status: 403,
  headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  body: 'Ask for 127.0.0.1 or localhost.\n',
};
