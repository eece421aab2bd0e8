import type { Hono } from 'hono';
import { askBody } from '../../core/action/conflict-view.ts';
import { isRefusal } from '../../core/change.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { askAboutConflict } from './ask-about-conflict.ts';
import { LIMITS } from './manifest-routes.ts';
import { refused, unfit } from './refused.ts';

const statuses = { 'unknown-conflict': 404, 'no-council': 409, ruled: 409 } as const;

/** Sends a conflict between rules to the council. */
export function conflictRoutes(app: Hono<ApiContext>, deps: ApplyDeps): void {
  app.post('/v1/conflicts', async (c) => {
    const by = { actor: administratorOf(c.env.event), now: deps.now() };
    const { conflict: id, governance: body } = await readBody(c, askBody, LIMITS);
    const asked = await askAboutConflict(deps, { body, id }, by);
    if (!isRefusal(asked)) {
      if ('findings' in asked) throw unfit(asked);
      return c.json(asked, 202);
    }
    const { refused: code, detail } = asked;
    if (code === 'not-an-administrator' || code === 'outside-unit') throw refused(asked);
    throw new ProblemError({ status: statuses[code], code, detail });
  });
}
