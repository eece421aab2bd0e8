import type { Hono } from 'hono';
import { isRefusal, type Refusal } from '../../core/change.ts';
import type { Actor } from '../../core/event.ts';
import { shadowBody, type ShadowView } from '../../core/policy/release-view.ts';
import { setShadow, shadowKey, type ShadowRow, shadowRow } from '../../core/policy/shadow.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { orProblem } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { refuseAllButCentre } from './load-scopes.ts';
import { openCandidate } from './open-candidate.ts';
import { refused } from './refused.ts';
import type { ReplayDeps } from './replay-routes.ts';

/** A release in the shadow of the one in force: both decide, one rules, differences stand in the audit log. */
export function shadowRoutes(app: Hono<ApiContext>, deps: ReplayDeps): void {
  app.get('/v1/shadow', async (c) => {
    administratorOf(c.env.event);
    return c.json(viewOf(await load(deps)));
  });
  app.put('/v1/shadow', async (c) => {
    const actor = administratorOf(c.env.event);
    const { release } = await readBody(c, shadowBody);
    const foreign = await refuseAllButCentre(deps.registry, actor, 'in the shadow');
    if (foreign) throw refused(foreign);
    return c.json(orProblem(await cast(deps, release ?? '', actor)));
  });
}

/** What can't decide is refused before it is asked about anything. */
async function cast(deps: ReplayDeps, hash: string, actor: Actor): Promise<ShadowView | Refusal> {
  const candidate = hash === '' ? undefined : await openCandidate(deps, hash);
  if (candidate && isRefusal(candidate)) return candidate;
  await decideAndCommit(deps.registry, async () =>
    setShadow(await load(deps), hash, { actor, now: deps.now() }),
  );
  return viewOf(await load(deps));
}

async function load({ registry }: ReplayDeps): Promise<ShadowRow | undefined> {
  const [row] = await registry.load([shadowKey]);
  return row && parseRow(shadowRow, row);
}

const viewOf = (row: ShadowRow | undefined): ShadowView =>
  row?.release ? { release: row.release, since: row.activatedAt } : { release: null };
