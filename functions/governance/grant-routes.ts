import type { Hono } from 'hono';
import { grantId, grantKey, type GrantRow, grantRow, grantTerms } from '../../core/action/grant.ts';
import { revokeGrantBody } from '../../core/action/grant-view.ts';
import { revokeGrant } from '../../core/action/revoke-grant.ts';
import { isRefusal } from '../../core/change.ts';
import { COE } from '../../core/governance/manifest.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { listGrants } from './list-grants.ts';
import { loadScopes } from './load-scopes.ts';
import type { By } from './plan-governance.ts';
import { refused } from './refused.ts';
import { requestGrant } from './request-grant.ts';

/** Standing grants: ask for one, see which there are, end one at once. */
export function grantRoutes(app: Hono<ApiContext>, deps: ApplyDeps): void {
  app.get('/v1/grants', async (c) => {
    administratorOf(c.env.event);
    return c.json({ grants: await listGrants(deps, deps.now()) });
  });
  app.post('/v1/grants', async (c) => {
    const by = { actor: administratorOf(c.env.event), now: deps.now() };
    const asked = await requestGrant(deps, await readBody(c, grantTerms), by);
    if (!isRefusal(asked)) return c.json(asked, 202);
    if (asked.refused === 'outside-unit') throw refused(asked);
    throw new ProblemError({ status: 422, code: asked.refused, detail: asked.detail });
  });
  app.post('/v1/grants/:id/revoke', async (c) => {
    const by = { actor: administratorOf(c.env.event), now: deps.now() };
    const { reason } = await readBody(c, revokeGrantBody);
    const { id, revoked } = await revoke(deps, c.req.param('id'), { ...by, reason });
    return c.json({ id, revoked });
  });
}

async function revoke(
  { registry }: ApplyDeps,
  id: string,
  { reason, ...by }: By & { readonly reason: string },
): Promise<GrantRow> {
  const scopes = await loadScopes(registry, by.actor);
  const parsed = grantId.safeParse(id);
  const decided = await decideAndCommit(registry, async () => {
    const [stored] = parsed.success ? await registry.load([grantKey(parsed.data)]) : [];
    if (!stored)
      throw new ProblemError({ status: 404, code: 'unknown-grant', detail: `there is no grant ${id}` });
    const grant = parseRow(grantRow, stored);
    if (scopes.includes(COE) || scopes.includes(grant.unit)) return revokeGrant(grant, reason, by);
    const detail = `you do not act for unit ${grant.unit}: ask its administrators`;
    throw refused({ refused: 'outside-unit', detail });
  });
  if (!isRefusal(decided)) return decided.committed.result;
  throw new ProblemError({ status: 409, code: decided.refused, detail: decided.detail });
}
