import type { Context } from 'hono';
import { actionBody, type ActionRow } from '../../core/action/action.ts';
import { actionView } from '../../core/action/action-view.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import type { AgentId } from '../../core/id.ts';
import { activeReleaseKey, activeReleaseRow } from '../../core/policy/release.ts';
import { usableTools } from '../../core/policy/usable-tools.ts';
import { parseRow } from '../../core/row.ts';
import type { Authenticate } from '../http/authenticate.ts';
import { type ApiContext, createApi, idempotencyKeyOf } from '../http/lambda.ts';
import { answerProblem, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { actingCaller } from './acting-caller.ts';
import { answerRequest, type DoorDeps } from './answer-request.ts';
import { addDelegationRoutes } from './delegation-routes.ts';
import { explainRequest } from './explain-request.ts';
import { ownAction, viewAction, waits } from './own-action.ts';
import { refuseRequest } from './refuse-request.ts';
import { viewMe } from './view-me.ts';
import { addWaitingRoutes } from './waiting-routes.ts';

/** The door: every action of every agent. */
export function createActionsApi(deps: DoorDeps & { readonly authenticate: Authenticate }) {
  const app = createApi();
  app.post('/v1/actions', async (c) => {
    const caller = await deps.authenticate(c.req.header('authorization'));
    const { key, body } = await readRequest(c).catch((error: unknown) => refuseRequest(deps, caller, error));
    const hearRates = (rates: Readonly<Record<string, string>>) => {
      for (const [name, value] of Object.entries(rates)) c.header(name, value);
    };
    return answerAction(deps, c, await answerRequest(deps, { caller, key, body, hearRates }));
  });
  app.post('/v1/actions:explain', async (c) => {
    const caller = await deps.authenticate(c.req.header('authorization'));
    return c.json(await explainRequest(deps, { caller, body: await readBody(c, actionBody) }));
  });
  app.get('/v1/actions/:id', async (c) => {
    const { agent } = await actingCaller(deps, c.req.header('authorization'));
    return answerAction(deps, c, await ownAction(deps, agent, c.req.param('id')));
  });
  app.get('/v1/me', async (c) => {
    const caller = await deps.authenticate(c.req.header('authorization'));
    return c.json(await viewMe(deps, caller));
  });
  addDelegationRoutes(app, deps);
  addWaitingRoutes(app, deps, async (authorization, id) => {
    const { agent } = await actingCaller(deps, authorization);
    return { agent, action: await ownAction(deps, agent, id) };
  });
  app.get('/v1/tools', async (c) => {
    const { agent } = await actingCaller(deps, c.req.header('authorization'));
    return c.json({ tools: await toolsOf(deps, agent) });
  });
  return app;
}

const readRequest = async (c: Context<ApiContext>) => ({
  key: idempotencyKeyOf(c.req.header('idempotency-key')),
  body: await readBody(c, actionBody),
});

/** 200 when it is settled, 202 while it waits, 403 with the reason when it was denied. */
async function answerAction(deps: DoorDeps, c: Context<ApiContext>, row: ActionRow): Promise<Response> {
  if (row.status === 'denied') {
    const { code, detail } = row.problem ?? { code: 'denied', detail: 'denied' };
    const more = { action: actionView(row), policies: row.policies };
    return answerProblem(c, { status: code === 'invalid-input' ? 422 : 403, code, detail, more });
  }
  const view = await viewAction(deps, row);
  if (!waits(row)) return c.json(view);
  return c.json(view, 202, { location: `/v1/actions/${row.id}`, 'retry-after': '5' });
}

async function toolsOf(deps: DoorDeps, id: AgentId) {
  const [stored, active] = await deps.registry.load([agentKey(id), activeReleaseKey]);
  if (!stored)
    throw new ProblemError({ status: 401, code: 'unknown-agent', detail: 'register the agent first' });
  if (!active) return [];
  const release = await deps.open(parseRow(activeReleaseRow, active).release);
  return usableTools(release, parseRow(agentRow, stored)).map((tool) => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    effect: tool.effect,
    input: tool.input,
    output: tool.output,
    why: tool.why,
  }));
}
