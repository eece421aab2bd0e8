import * as z from 'zod';
import { administratorOf, createApi } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';

/** A page of the audit log as stored; `next` is where the next one begins, absent on the last. */
export type AuditPage = {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly next: { readonly subject: string; readonly version: number } | undefined;
};

const cursor = z.object({ subject: z.string(), version: z.int() });

/** `GET /v1/audit/events?cursor=`: the whole audit log in pages, for IAM-signed callers; order is by subject. */
export function createAuditApi(deps: {
  readonly readPage: (after: AuditPage['next']) => Promise<AuditPage>;
}) {
  const app = createApi();
  app.get('/v1/audit/events', async (c) => {
    administratorOf(c.env.event);
    const page = await deps.readPage(parseCursor(c.req.query('cursor')));
    const next = page.next && Buffer.from(JSON.stringify(page.next)).toString('base64url');
    return c.json({ events: page.events, cursor: next }, 200, { 'cache-control': 'no-store' });
  });
  return app;
}

function parseCursor(text: string | undefined): AuditPage['next'] {
  if (text === undefined) return undefined;
  try {
    return cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw new ProblemError({ status: 400, code: 'bad-cursor', detail: 'use the cursor of the page before' });
  }
}
