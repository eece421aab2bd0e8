import type { Hono } from 'hono';
import { componentQuery } from '../../core/policy/component-view.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { invalidBody } from '../http/read-body.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { listComponents } from './list-components.ts';

/** The catalogue: what there is to reuse, whose it is and who does. */
export function componentRoutes(app: Hono<ApiContext>, deps: ApplyDeps): void {
  app.get('/v1/components', async (c) => {
    const actor = administratorOf(c.env.event);
    const query = componentQuery.safeParse(c.req.query());
    if (!query.success) throw invalidBody(query.error);
    const found = await listComponents(deps, actor, query.data);
    const { id } = query.data;
    if (id === undefined || found.components.length > 0) return c.json(found);
    const detail = `there is no ${id} you may see: see autonomy components`;
    throw new ProblemError({ status: 404, code: 'unknown-component', detail });
  });
}
