import type { Hono } from 'hono';
import { reportQuery } from '../../core/approval/approval-view.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { invalidBody } from '../http/read-body.ts';
import { type ReportDeps, reportApprovals } from './report-approvals.ts';

/** What people decided, how long they took and what it cost, for IAM-signed callers. */
export function approvalReportRoutes(app: Hono<ApiContext>, deps: ReportDeps): void {
  app.get('/v1/approvals/report', async (c) => {
    administratorOf(c.env.event);
    const query = reportQuery.safeParse(c.req.query());
    if (!query.success) throw invalidBody(query.error);
    return c.json(await reportApprovals(deps, query.data));
  });
}
