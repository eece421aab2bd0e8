import type { Metrics, QueueDepth } from '../cloudwatch/metrics.ts';
import type { HttpReply, HttpRequest } from '../endpoint.ts';
import type { Caller, Resource } from '../service.ts';
import type { Inbox } from '../ses/inbox.ts';
import { dashboardHref, dashboardPage } from './dashboard/dashboard-page.ts';
import type { Dashboard } from './dashboard/read-dashboards.ts';
import { executionPage } from './execution-page.ts';
import { executionsPage } from './executions-page.ts';
import type { ExecutionsView } from './executions-view.ts';
import { inboxJson, mailJson } from './inbox-json.ts';
import { inboxPage, mailPage } from './inbox-pages.ts';
import { createNames } from './names.ts';
import { overviewPage } from './overview-page.ts';
import type { Page } from './page.ts';
import { runSchedule } from './run-schedule.ts';

export type ConsoleOptions = {
  readonly resources: readonly Resource[];
  /** The cloud's own, `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly inbox: Pick<Inbox, 'list' | 'get'>;
  readonly metrics: Pick<Metrics, 'query' | 'find' | 'spanOf' | 'unitOf'>;
  readonly executions: ExecutionsView;
  readonly queueDepths: () => readonly QueueDepth[];
  /** Throws an `AwsError` unless the request bears a valid signature. */
  readonly identify: (request: HttpRequest) => Caller;
  /** Fires a scheduled rule; `false` when there is none of that name. */
  readonly runSchedule: (name: string) => boolean;
  readonly now: () => number;
};

/** A page, a whole reply, or `undefined` for what is not there. */
export type Answer = HttpReply | Page | undefined;

export type Route = {
  readonly method: 'GET' | 'POST';
  /** Each group is a part of the path; `answer` gets it decoded. */
  readonly path: RegExp;
  readonly answer: (request: HttpRequest, first: string, second: string) => Answer;
};

/** Everything that is there under `/_local/`. */
export function routesOf(options: ConsoleOptions, dashboards: readonly Dashboard[]): readonly Route[] {
  const { resources, url, inbox, metrics, executions, queueDepths, now } = options;
  const names = createNames(resources);
  const machines = resources
    .filter(({ type }) => type === 'AWS::StepFunctions::StateMachine')
    .map(({ arn }) => arn.split(':').at(-1) ?? arn);
  const shown = dashboards.map((each) => ({ href: dashboardHref(each), title: each.title }));
  const about = { url, machines, dashboards: shown, executions, inbox, queueDepths, names };
  const get = (path: RegExp, answer: Route['answer']): Route => ({ method: 'GET', path, answer });
  return [
    get(/^\/_local\/$/, (request) => overviewPage({ ...about, now: now() }, request)),
    get(/^\/_local\/dashboards\/([^/]+)$/, (request, asked) => {
      const dashboard = dashboards.find(({ name, slug }) => [name, slug].includes(asked));
      return dashboard && dashboardPage(dashboard, request, { metrics, names, now: now() });
    }),
    get(/^\/_local\/executions$/, (request) => executionsPage(executions, request, { names, now: now() })),
    get(/^\/_local\/executions\/([^/]+)\/([^/]+)$/, (request, machine, name) =>
      executionPage({ machine, name }, request, { executions, names, now: now() }),
    ),
    get(/^\/_local\/inbox$/, (request) => inboxPage(inbox, request, { url, now: now() })),
    get(/^\/_local\/inbox\.json$/, () => inboxJson(inbox)),
    get(/^\/_local\/inbox\/(\d{1,15})\.json$/, (_, id) => {
      const mail = inbox.get(Number(id));
      return mail && mailJson(mail);
    }),
    get(/^\/_local\/inbox\/(\d{1,15})$/, (_, id) => {
      const mail = inbox.get(Number(id));
      return mail && mailPage(mail, url, now());
    }),
    {
      method: 'POST',
      path: /^\/_local\/schedules\/([^/]+)$/,
      answer: (request, name) => runSchedule(name, request, options),
    },
  ];
}
