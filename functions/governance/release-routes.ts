import type { Hono } from 'hono';
import { isRefusal } from '../../core/change.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { orProblem } from '../http/problem.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { listReleases } from './list-releases.ts';
import { refused } from './refused.ts';
import { rollback } from './rollback.ts';

/** The releases stored so far, and the way back to an earlier one. */
export function releaseRoutes(app: Hono<ApiContext>, deps: ApplyDeps): void {
  app.get('/v1/releases', async (c) => {
    administratorOf(c.env.event);
    return c.json({ releases: await listReleases(deps.registry) });
  });
  app.post('/v1/releases/:hash/activate', async (c) => {
    const actor = administratorOf(c.env.event);
    const back = await rollback(deps, c.req.param('hash'), actor);
    if (isRefusal(back) && back.refused !== 'unknown-release') throw refused(back);
    return c.json(orProblem(back));
  });
}
