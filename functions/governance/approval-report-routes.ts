import type { Hono } from 'hono';
import * as z from 'zod';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { invalidBody } from '../http/read-body.ts';
import { type ReportDeps, reportApprovals } from './report-approvals.ts';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
const windowQuery = z
  .strictObject({ from: instant, to: instant })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'end the window after it begins' });

/** What people decided, how long they took and what it cost, for IAM-signed callers. */
export function approvalReportRoutes(app: Hono<ApiContext>, deps: ReportDeps): void {
  app.get('/v1/approvals/report', async (c) => {
    administratorOf(c.env.event);
    const query = windowQuery.safeParse(c.req.query());
    if (!query.success) throw invalidBody(query.error);
    return c.json(await reportApprovals(deps, query.data));
  });
}
