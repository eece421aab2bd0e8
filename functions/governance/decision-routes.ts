import type { Hono } from 'hono';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { orProblem } from '../http/problem.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { explainDecision } from './explain-decision.ts';

/** What a recorded decision came from. */
export function decisionRoutes(app: Hono<ApiContext>, deps: ApplyDeps): void {
  app.get('/v1/decisions/:id', async (c) => {
    administratorOf(c.env.event);
    return c.json(orProblem(await explainDecision(deps, c.req.param('id'))));
  });
}
