import type { Context } from 'hono';
import { actionBody, actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { actionView } from '../../core/action/action-view.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { actionId, type AgentId } from '../../core/id.ts';
import { activeReleaseKey, activeReleaseRow } from '../../core/policy/release.ts';
import { usableTools } from '../../core/policy/usable-tools.ts';
import { parseRow } from '../../core/row.ts';
import type { Authenticate } from '../http/authenticate.ts';
import { type ApiContext, createApi, idempotencyKeyOf } from '../http/lambda.ts';
import { answerProblem, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { actingCaller } from './acting-caller.ts';
import { answerRequest, type DoorDeps } from './answer-request.ts';
import { loadDoorFacts } from './door-facts.ts';
import { addDelegationRoutes } from './delegation-routes.ts';
import { explainRequest } from './explain-request.ts';
import { addWaitingRoutes } from './waiting-routes.ts';

/** The door: every action of every agent. */
export function createActionsApi(deps: DoorDeps & { readonly authenticate: Authenticate }) {
  const app = createApi();
  app.post('/v1/actions', async (c) => {
    const caller = await deps.authenticate(c.req.header('authorization'));
    const key = idempotencyKeyOf(c.req.header('idempotency-key'));
    const row = await answerRequest(deps, { caller, key, body: await readBody(c, actionBody) });
    return answerAction(deps, c, row);
  });
  app.post('/v1/actions:explain', async (c) => {
    const caller = await deps.authenticate(c.req.header('authorization'));
    return c.json(await explainRequest(deps, { caller, body: await readBody(c, actionBody) }));
  });
  app.get('/v1/actions/:id', async (c) => {
    const { agent } = await actingCaller(deps, c.req.header('authorization'));
    return answerAction(deps, c, await ownAction(deps, agent, c.req.param('id')));
  });
  addDelegationRoutes(app, deps);
  addWaitingRoutes(app, deps, {
    own: async (authorization, id) => {
      const { agent } = await actingCaller(deps, authorization);
      return { agent, action: await ownAction(deps, agent, id) };
    },
    view: actionView,
  });
  app.get('/v1/tools', async (c) => {
    const { agent } = await actingCaller(deps, c.req.header('authorization'));
    return c.json({ tools: await toolsOf(deps, agent) });
  });
  return app;
}

/** 200 when it is settled, 202 while it waits, 403 with the reason when it was denied. */
async function answerAction(deps: DoorDeps, c: Context<ApiContext>, row: ActionRow): Promise<Response> {
  if (row.status === 'denied') {
    const { code, detail } = row.problem ?? { code: 'denied', detail: 'denied' };
    const more = { action: actionView(row), policies: row.policies };
    return answerProblem(c, { status: code === 'invalid-input' ? 422 : 403, code, detail, more });
  }
  const waits = row.status === 'held' || row.status === 'started';
  if (!waits) return c.json(actionView(row));
  const [stored] = row.approval ? await deps.registry.load([approvalKey(row.approval)]) : [];
  const approval = stored && parseRow(approvalRow, stored);
  const headers = { location: `/v1/actions/${row.id}`, 'retry-after': '5' };
  return c.json(actionView(row, approval), 202, headers);
}

/** The action, if it is the caller's own or of a task the caller holds now; otherwise there is nothing here. */
async function ownAction(deps: DoorDeps, agent: AgentId, id: string): Promise<ActionRow> {
  const parsed = actionId.safeParse(id);
  const [stored] = parsed.success ? await deps.registry.load([actionKey(parsed.data)]) : [];
  const row = stored && parseRow(actionRow, stored);
  if (row && (row.agent === agent || (await holdsTask(deps, agent, row)))) return row;
  throw new ProblemError({ status: 404, code: 'not-found', detail: 'you have no action of this id' });
}

async function holdsTask(deps: DoorDeps, agent: AgentId, { task }: ActionRow): Promise<boolean> {
  return task !== undefined && (await loadDoorFacts(deps.registry, { agent, task }, deps.now())).holds;
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
