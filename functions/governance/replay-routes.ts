import type { Hono } from 'hono';
import { governanceBody } from '../../core/governance/manifest.ts';
import { replayQuery } from '../../core/policy/release-view.ts';
import type { RecordedDecisions } from '../aws/recorded-decisions.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { orProblem } from '../http/problem.ts';
import { invalidBody, readBody } from '../http/read-body.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { LIMITS } from './manifest-routes.ts';
import { unfit } from './refused.ts';
import { replayDecision } from './replay-decision.ts';
import { replayRelease } from './replay-release.ts';
import { storeCandidate } from './store-candidate.ts';

export type ReplayDeps = ApplyDeps & {
  readonly recorded: Pick<RecordedDecisions, 'list' | 'read' | 'hasRelease'>;
};

/** What history would have been under a release that need not be in force. */
export function replayRoutes(app: Hono<ApiContext>, deps: ReplayDeps): void {
  app.post('/v1/releases', async (c) => {
    administratorOf(c.env.event);
    const stored = await storeCandidate(deps, await readBody(c, governanceBody, LIMITS));
    if ('findings' in stored) throw unfit(stored);
    return c.json(stored, 201);
  });
  app.get('/v1/releases/:hash/replay', async (c) => {
    administratorOf(c.env.event);
    const query = replayQuery.safeParse(c.req.query());
    if (!query.success) throw invalidBody(query.error);
    const { until = deps.now().toISOString(), ...window } = query.data;
    return c.json(orProblem(await replayRelease(deps, c.req.param('hash'), { ...window, until })));
  });
  app.get('/v1/decisions/:id/replay', async (c) => {
    administratorOf(c.env.event);
    return c.json(orProblem(await replayDecision(deps, c.req.param('id'), c.req.query('release'))));
  });
}
