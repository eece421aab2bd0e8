import { createMetrics, type Metrics } from '../../../local/cloudwatch/metrics.ts';
import { createConsole } from '../../../local/console/console.ts';
import type { ExecutionEvent, ExecutionSummary } from '../../../local/console/executions-view.ts';
import type { ConsoleOptions } from '../../../local/console/routes.ts';
import { AwsError, type Resource } from '../../../local/service.ts';
import { type Inbox, openInbox } from '../../../local/ses/inbox.ts';
import { temporaryDirectory } from '../fixtures/start-cloud.ts';

export const URL_OF_CLOUD = 'http://127.0.0.1:4566';
export const NOW = Date.UTC(2026, 10, 24, 9, 30, 0);
export const HOSTILE = `"><script>alert('x')</script>\u202egnp.exe`;

export type TestConsole = {
  readonly inbox: Inbox;
  readonly metrics: Metrics;
  /** A page's body; fails unless it was answered with `status`. */
  page(path: string, status?: number): Promise<string>;
  ask(
    path: string,
    request?: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }>;
  close(): void;
};

/** A console on real mails and metrics, with a stand-in for executions. */
export function openConsole(
  given: Partial<ConsoleOptions> & {
    readonly runs?: readonly (ExecutionSummary & { readonly events?: readonly ExecutionEvent[] })[];
  } = {},
): TestConsole {
  const { runs = [], ...options } = given;
  const directory = temporaryDirectory();
  const inbox = openInbox(directory.path);
  const metrics = createMetrics({ directory: directory.path, now: () => NOW });
  const answer = createConsole({
    resources: [],
    url: URL_OF_CLOUD,
    inbox,
    metrics,
    executions: {
      list: ({ status, limit }) =>
        runs.filter((run) => status === undefined || run.status === status).slice(0, limit),
      history: (arn) => runs.find((run) => run.arn === arn)?.events ?? [],
    },
    queueDepths: () => [],
    identify: ({ headers }) => {
      if (headers['authorization'] === 'administrator') return { kind: 'administrator', arn: 'arn:admin' };
      if (headers['authorization'] === 'role')
        return { kind: 'role', arn: 'arn:role', roleLogicalId: 'Role' };
      throw new AwsError('MissingAuthenticationTokenException', 'the request is not signed', 403);
    },
    runSchedule: (name) => name === 'sweep daily',
    now: () => NOW,
    ...options,
  });
  const ask: TestConsole['ask'] = async (target, { method = 'GET', headers = {} } = {}) => {
    const [path = '', rawQuery = ''] = target.split('?');
    const host = '127.0.0.1:4566';
    const request = { method, path, rawQuery, body: Buffer.alloc(0), sourceIp: '127.0.0.1' };
    const reply = await answer({ ...request, headers: { host, ...headers } });
    return { ...reply, body: reply.body.toString() };
  };
  return {
    inbox,
    metrics,
    ask,
    page: async (path, status = 200) => {
      const reply = await ask(path);
      if (reply.status !== status) throw new Error(`${path} was answered with ${reply.status}`);
      return reply.body;
    },
    close: () => {
      metrics.close();
      directory.clean();
    },
  };
}

/** A resource with as much as the console looks at. */
export function resource(type: string, logicalId: string, more: Partial<Resource> = {}): Resource {
  const service =
    type.split('::')[2] === 'StateMachine' ? 'states:us-east-1:000000000000:stateMachine' : 'x::';
  const ref = `Test-${logicalId}`;
  return { stack: 'Test', logicalId, type, ref, arn: `arn:aws:${service}:${ref}`, properties: {}, ...more };
}

/** How often `part` stands in `text`. */
export const count = (text: string, part: string | RegExp): number => text.split(part).length - 1;
