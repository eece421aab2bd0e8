import type { Hono } from 'hono';
import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { settleUnknown } from '../../core/action/settle-unknown.ts';
import { settleBody, type UnknownAction, UNKNOWN_ACTIONS } from '../../core/action/unknown-view.ts';
import { isRefusal } from '../../core/change.ts';
import { COE } from '../../core/governance/manifest.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { loadScopes } from './load-scopes.ts';
import { refused } from './refused.ts';

const SHOWN = 100;

/** Actions in doubt: which there are, and a person's word of what became of one. */
export function unknownRoutes(app: Hono<ApiContext>, deps: ApplyDeps): void {
  app.get('/v1/actions', async (c) => {
    const scopes = await loadScopes(deps.registry, administratorOf(c.env.event));
    const rows = await deps.registry.list('list', UNKNOWN_ACTIONS, SHOWN + 1);
    const own = rows.map((row) => parseRow(actionRow, row)).filter(({ unit }) => actsFor(scopes, unit));
    return c.json({ actions: own.slice(0, SHOWN).map(viewed), more: rows.length > SHOWN });
  });
  app.post('/v1/actions/:id/settle', async (c) => {
    const by = { actor: administratorOf(c.env.event), now: deps.now() };
    const found = await readBody(c, settleBody);
    const scopes = await loadScopes(deps.registry, by.actor);
    const decided = await decideAndCommit(deps.registry, async () => {
      const row = await load(deps, c.req.param('id'));
      if (actsFor(scopes, row.unit)) return settleUnknown(row, found, by);
      throw refused({ refused: 'outside-unit', detail: `you do not act for unit ${row.unit}` });
    });
    if (isRefusal(decided))
      throw new ProblemError({ status: 409, code: decided.refused, detail: decided.detail });
    const { id, status } = decided.committed.result;
    return c.json({ id, status });
  });
}

const actsFor = (scopes: readonly string[], unit: string) => scopes.includes(COE) || scopes.includes(unit);

async function load({ registry }: ApplyDeps, id: string): Promise<ActionRow> {
  const [stored] = await registry.load([actionKey(id)]);
  if (stored) return parseRow(actionRow, stored);
  throw new ProblemError({ status: 404, code: 'unknown-action', detail: `there is no action ${id}` });
}

function viewed({ id, agent, unit, tool, purpose, requestedAt, ...row }: ActionRow): UnknownAction {
  const since = row.settledAt ?? requestedAt;
  return { id, agent, unit, tool, purpose, requestedAt, since, detail: row.problem?.detail ?? '' };
}
