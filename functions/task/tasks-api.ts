import type { Change } from '../../core/change.ts';
import { isRefusal } from '../../core/change.ts';
import { type AgentId, taskId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { heldLease, type LeaseLost, settleTask, type TaskResult } from '../../core/task/settle-task.ts';
import { leaseKey, leaseRow, taskKey, type TaskRow, taskRow } from '../../core/task/task.ts';
import { claimBody, completeBody, failBody, leaseBody } from '../../core/task/task-view.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { Authenticate } from '../http/authenticate.ts';
import { callerOf } from '../http/caller.ts';
import { createApi } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { actingKeys, type ClaimDeps, claimNext, hashLease, mayAct } from './claim-next.ts';

export type TasksDeps = ClaimDeps & { readonly authenticate: Authenticate };

/** Tasks for agents: claim, heartbeat, complete, fail. Every answer is checked against the lease. */
export function createTasksApi(deps: TasksDeps) {
  const app = createApi();
  app.post('/v1/tasks/claim', async (c) => {
    const { agent } = await callerOf(deps, c.req.header('authorization'));
    const claimed = await claimNext(deps, agent, await readBody(c, claimBody));
    if ('wait' in claimed) return c.body(null, 204, { 'retry-after': `${claimed.wait}` });
    return c.json(claimed);
  });
  app.post('/v1/tasks/:id/heartbeat', async (c) => {
    const { agent } = await callerOf(deps, c.req.header('authorization'));
    const { lease } = await readBody(c, leaseBody);
    return c.json(await heartbeat(deps, c.req.param('id'), { agent, leaseDigest: hashLease(lease) }));
  });
  app.post('/v1/tasks/:id/complete', async (c) => {
    const { agent } = await callerOf(deps, c.req.header('authorization'));
    const { lease, output } = await readBody(c, completeBody);
    const holder = { agent, leaseDigest: hashLease(lease) };
    return c.json(
      await settle(deps, c.req.param('id'), holder, { status: 'completed', output: output ?? null }),
    );
  });
  app.post('/v1/tasks/:id/fail', async (c) => {
    const { agent } = await callerOf(deps, c.req.header('authorization'));
    const { lease, ...problem } = await readBody(c, failBody);
    const holder = { agent, leaseDigest: hashLease(lease) };
    return c.json(await settle(deps, c.req.param('id'), holder, { status: 'failed', problem }));
  });
  return app;
}

type Holder = { readonly agent: AgentId; readonly leaseDigest: string };

/** The task and its lease; whoever may not act any more has lost both, so that the task goes to another agent. */
async function loadHeld(deps: TasksDeps, id: string, agent: AgentId) {
  const parsed = taskId.safeParse(id);
  const keys = parsed.success ? [taskKey(parsed.data), leaseKey(parsed.data), ...actingKeys(agent)] : [];
  const [task, lease, ...acting] = await deps.registry.load(keys);
  if (!task)
    throw new ProblemError({ status: 404, code: 'not-found', detail: 'there is no task of this id' });
  const row = parseRow(taskRow, task);
  if (!mayAct(acting, deps.now(), row.workflow))
    throw lost({ refused: 'lease-lost', detail: 'this agent may not act now: stop working' });
  return { task: row, lease: lease && parseRow(leaseRow, lease) };
}

async function heartbeat(deps: TasksDeps, id: string, holder: Holder) {
  const facts = await loadHeld(deps, id, holder.agent);
  const now = deps.now();
  const lease = heldLease(facts, holder, now);
  if (isRefusal(lease)) throw lost(lease);
  const expiresAt = new Date(now.getTime() + facts.task.leaseSeconds * 1000).toISOString();
  if (await deps.registry.renew(lease, lease.fence, expiresAt)) return { leaseExpiresAt: expiresAt };
  throw lost({ refused: 'lease-lost', detail: 'another agent took the task over: stop working on it' });
}

async function settle(deps: TasksDeps, id: string, holder: Holder, result: TaskResult) {
  const settled = await decideAndCommit(deps.registry, async (): Promise<Change<TaskRow> | LeaseLost> =>
    settleTask(await loadHeld(deps, id, holder.agent), holder, result, deps.now()),
  );
  if (isRefusal(settled)) throw lost(settled);
  return { id, status: settled.committed.result.status };
}

const lost = ({ refused, detail }: LeaseLost) => new ProblemError({ status: 409, code: refused, detail });
