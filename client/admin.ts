import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import type { GovernanceBody } from '../core/governance/manifest.ts';
import { createSend, errorOf } from './send.ts';

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

const applied = z.object({
  changes: z.array(
    z.object({
      noun: z.string(),
      id: z.string(),
      action: z.enum(['create', 'change', 'none']),
      fields: z.array(z.string()),
    }),
  ),
  release: z.object({ hash: z.string(), action: z.enum(['activate', 'none']) }),
  /** What is live and no longer in the files; it stays until someone says otherwise. */
  unmanaged: z.array(z.object({ noun: z.string(), id: z.string() })),
});
export type Applied = z.infer<typeof applied>;

const releaseList = z.object({
  releases: z.array(
    z.object({
      release: z.string(),
      publishedAt: z.string(),
      engine: z.string(),
      policies: z.int(),
      tools: z.int(),
      /** On the one in force. */
      activatedAt: z.string().optional(),
    }),
  ),
});
export type ReleaseView = z.infer<typeof releaseList>['releases'][number];

const rolledBack = z.object({
  release: z.string(),
  before: z.string().nullable(),
  action: z.enum(['activate', 'none']),
});
export type RolledBack = z.infer<typeof rolledBack>;

const said = z.object({ outcome: z.string(), reason: z.string().optional(), policies: z.array(z.string()) });
const explanation = z.looseObject({
  action: z.string(),
  agent: z.string(),
  tool: z.string(),
  status: z.string(),
  release: z.string(),
  requestedAt: z.string(),
  then: said,
  now: said,
  /** The same answer as then, from the same rules and facts. */
  reproduced: z.boolean(),
  policies: z.array(
    z.object({ id: z.string(), title: z.string(), file: z.string(), line: z.int(), text: z.string() }),
  ),
  guards: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      requires: z.array(z.object({ group: z.string(), count: z.int() })),
    }),
  ),
  detail: z.string(),
});
export type ExplanationView = z.infer<typeof explanation>;

const runView = z.object({
  id: z.string(),
  workflow: z.string(),
  unit: z.string(),
  status: z.enum(['requested', 'running', 'succeeded', 'failed']),
  requester: z.string(),
  requestedAt: z.string(),
  finishedAt: z.string().optional(),
  waitingFor: z.looseObject({ kind: z.enum(['task', 'action']), id: z.string() }).optional(),
  outcome: z
    .looseObject({
      result: z.string(),
      cycleSeconds: z.number(),
      minutesSaved: z.number(),
      netValue: z.object({ minor: z.int(), currency: z.string() }),
    })
    .optional(),
  output: z.unknown().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type RunView = z.infer<typeof runView>;

const auditPage = z.object({
  events: z.array(z.looseObject({ subject: z.string(), version: z.int(), type: z.string(), at: z.string() })),
  cursor: z.string().optional(),
});
export type AuditRecord = z.infer<typeof auditPage>['events'][number];

export type RunRequest = {
  readonly workflow: string;
  /** E-mail address of the person it is done for. */
  readonly requester: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
};

/** What an administrator does, signed with IAM. Throws `AutonomyError` for refusals. */
export type Admin = {
  /** Makes what is live what the directory says; with `plan` only tells what would change. */
  apply(body: GovernanceBody, options?: { readonly plan?: boolean }): Promise<Applied>;
  governance(): Promise<unknown>;
  /** The releases stored so far, the newest first. */
  releases(): Promise<readonly ReleaseView[]>;
  /** Puts an earlier release in force, by its whole hash; agents, people and groups stay as they are. */
  rollback(hash: string): Promise<RolledBack>;
  /** Decides an action's latest decision again and tells what it came from. */
  explain(action: string): Promise<ExplanationView>;
  startRun(request: RunRequest): Promise<RunView>;
  run(id: string): Promise<RunView>;
  /** Every event of the audit log, by subject and version. */
  auditEvents(): AsyncIterable<AuditRecord>;
};

type Call = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  options?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
) => Promise<unknown>;

export function createAdmin(options: {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials | (() => Promise<Credentials>);
  /** Seconds to keep trying when the API can't be reached. @default 30 */
  readonly patienceSeconds?: number;
}): Admin {
  const call = createCall(options);
  return {
    apply: async (body, { plan = false } = {}) =>
      applied.parse(await call('PUT', `/v1/governance${plan ? '?plan=true' : ''}`, { body })),
    governance: () => call('GET', '/v1/governance'),
    releases: async () => releaseList.parse(await call('GET', '/v1/releases')).releases,
    rollback: async (hash) =>
      rolledBack.parse(await call('POST', `/v1/releases/${encodeURIComponent(hash)}/activate`)),
    explain: async (action) =>
      explanation.parse(await call('GET', `/v1/decisions/${encodeURIComponent(action)}`)),
    startRun: async ({ idempotencyKey, ...body }) =>
      runView.parse(await call('POST', '/v1/runs', { body, headers: { 'idempotency-key': idempotencyKey } })),
    run: async (id) => runView.parse(await call('GET', `/v1/runs/${id}`)),
    auditEvents: () => pages(call),
  };
}

async function* pages(call: Call): AsyncIterable<AuditRecord> {
  let cursor: string | undefined;
  do {
    const query: string = cursor ? `?cursor=${cursor}` : '';
    const page = auditPage.parse(await call('GET', `/v1/audit/events${query}`));
    yield* page.events;
    cursor = page.cursor;
  } while (cursor);
}

function createCall({
  endpoint,
  region,
  credentials,
  patienceSeconds = 30,
}: Parameters<typeof createAdmin>[0]): Call {
  const send = createSend({ patienceSeconds });
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async (method, path, { body, headers } = {}) => {
    const response = await send(async () => {
      const url = new URL(endpoint + path);
      const text = body === undefined ? undefined : JSON.stringify(body);
      const signed = await signer.sign({
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port && { port: Number(url.port) }),
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: {
          host: url.host,
          ...(text !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(text !== undefined && { body: text }),
      });
      return fetch(url, { method, headers: signed.headers, ...(text !== undefined && { body: text }) });
    });
    if (!response.ok) throw await errorOf(response);
    return response.json();
  };
}
