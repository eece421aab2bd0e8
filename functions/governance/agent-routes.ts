import type { Context, Hono } from 'hono';
import { agentKey, type AgentRow, agentRow } from '../../core/agent/agent.ts';
import { unusedQuery } from '../../core/agent/agent-view.ts';
import type { Change, Refusal } from '../../core/change.ts';
import { isRefusal } from '../../core/change.ts';
import type { Actor } from '../../core/event.ts';
import { COE } from '../../core/governance/manifest.ts';
import { agentId } from '../../core/id.ts';
import { epochKey, type EpochRow, epochRow } from '../../core/identity/check-token.ts';
import { type CompiledRelease, compileRelease } from '../../core/policy/compile-release.ts';
import { revokeAllTokens, revokeKey, revokeTokens } from '../../core/identity/revoke.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { orProblem, ProblemError } from '../http/problem.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { listAgents, showAgent } from './list-agents.ts';
import { loadActive } from './list-releases.ts';
import { loadScopes } from './load-scopes.ts';
import { refused } from './refused.ts';

/** Which agents there are, which are stale, and the immediate end of keys and tokens. */
export function agentRoutes(app: Hono<ApiContext>, deps: ApplyDeps): void {
  app.get('/v1/agents', async (c) => {
    administratorOf(c.env.event);
    return c.json({ agents: await listAgents(deps.registry, await askedOf(c, deps)) });
  });
  app.get('/v1/agents/:id', async (c) => {
    administratorOf(c.env.event);
    return c.json(orProblem(await showAgent(deps.registry, c.req.param('id'), await askedOf(c, deps))));
  });
  app.post('/v1/agents/:id/keys/:kid/revoke', async (c) => {
    const by = { actor: administratorOf(c.env.event), now: deps.now(), kid: c.req.param('kid') };
    const answer = await changeAgent(deps, by.actor, c.req.param('id'), (agent) => revokeKey(agent, by));
    if (isRefusal(answer) && answer.refused !== 'already') return c.json(orProblem(answer));
    return c.json({ agent: c.req.param('id'), kid: by.kid, revoked: true });
  });
  app.post('/v1/agents/:id/tokens/revoke', async (c) => {
    const by = { actor: administratorOf(c.env.event), now: deps.now() };
    const revoke = (agent: AgentRow) => revokeTokens(agent, by);
    const answer = orProblem(await changeAgent(deps, by.actor, c.req.param('id'), revoke));
    return c.json({ agent: answer.id, notBefore: answer.tokensNotBefore });
  });
  app.post('/v1/tokens/revoke', async (c) => {
    const by = { actor: administratorOf(c.env.event), now: deps.now() };
    requireScope(await loadScopes(deps.registry, by.actor), COE);
    const { committed } = await decideAndCommit<EpochRow>(deps.registry, async () => {
      const [epoch] = await deps.registry.load([epochKey]);
      return revokeAllTokens(epoch && parseRow(epochRow, epoch), by);
    });
    return c.json({ notBefore: committed.result.notBefore });
  });
}

/** Whoever acts for the centre or for this unit may go on; anyone else ends with 403. */
function requireScope(scopes: readonly string[], unit: string): void {
  if (scopes.includes(COE) || scopes.includes(unit)) return;
  const detail = `you do not act for ${unit === COE ? 'the centre' : `unit ${unit}`}: ask its administrators`;
  throw refused({ refused: 'outside-unit', detail });
}

async function askedOf(c: Context<ApiContext>, deps: ApplyDeps) {
  const parsed = unusedQuery.safeParse(c.req.query());
  if (parsed.success) return { days: parsed.data.days, now: deps.now(), release: await openActive(deps) };
  throw new ProblemError({ status: 400, code: 'bad-request', detail: 'days: a whole number from 1 to 3650' });
}

async function openActive({ registry, releases }: ApplyDeps): Promise<CompiledRelease | undefined> {
  const active = await loadActive(registry);
  return active && compileRelease(await releases.load(active.release), active.release);
}

/** One agent's row as a verb changes it, on the row as it is then. */
async function changeAgent(
  { registry }: Pick<ApplyDeps, 'registry'>,
  actor: Actor,
  id: string,
  verb: (agent: AgentRow) => Change<AgentRow> | Refusal,
): Promise<AgentRow | Refusal> {
  const parsed = agentId.safeParse(id);
  const unknown: Refusal = { refused: 'unknown-agent', detail: `there is no agent ${id}` };
  if (!parsed.success) return unknown;
  const scopes = await loadScopes(registry, actor);
  const changed = await decideAndCommit(registry, async (): Promise<Change<AgentRow> | Refusal> => {
    const [row] = await registry.load([agentKey(parsed.data)]);
    const agent = row && parseRow(agentRow, row);
    if (agent) requireScope(scopes, agent.unit);
    return agent ? verb(agent) : unknown;
  });
  return isRefusal(changed) ? changed : changed.committed.result;
}
