import { isRefusal } from '../../core/change.ts';
import { runId, runIdOf } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { requestRun } from '../../core/run/request-run.ts';
import { runBody, runKey, type RunRow, runRow, workflowKey, workflowRow } from '../../core/run/run.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import { administratorOf, createApi, idempotencyKeyOf } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { runView } from './run-view.ts';

export type RunsDeps = { readonly registry: Registry; readonly now: () => Date };

/** Runs of workflows, for IAM-signed callers: start one for a person, look at one. */
export function createRunsApi(deps: RunsDeps) {
  const { registry } = deps;
  const app = createApi();
  app.post('/v1/runs', async (c) => {
    const actor = administratorOf(c.env.event);
    const id = runIdOf(actor.id, idempotencyKeyOf(c.req.header('idempotency-key')));
    const body = await readBody(c, runBody);
    const requested = await decideAndCommit(registry, async () => {
      const keys = [workflowKey(body.workflow), runKey(id), switchesKey];
      const [workflow, run, switches] = await registry.load(keys);
      const facts = {
        workflow: workflow && parseRow(workflowRow, workflow),
        existing: run && parseRow(runRow, run),
        switches: readSwitches(switches),
      };
      return requestRun(facts, { id, body, actor }, deps.now());
    });
    if (isRefusal(requested) && requested.refused !== 'repeated') {
      throw new ProblemError({ status: 422, code: requested.refused, detail: requested.detail });
    }
    const run = isRefusal(requested) ? await loadRun(deps, id) : requested.committed.result;
    return c.json(await runView(registry, run), 202, { location: `/v1/runs/${id}`, 'retry-after': '2' });
  });
  app.get('/v1/runs/:id', async (c) => {
    administratorOf(c.env.event);
    return c.json(await runView(registry, await loadRun(deps, c.req.param('id'))));
  });
  return app;
}

async function loadRun({ registry }: RunsDeps, id: string): Promise<RunRow> {
  const parsed = runId.safeParse(id);
  const [stored] = parsed.success ? await registry.load([runKey(parsed.data)]) : [];
  if (stored) return parseRow(runRow, stored);
  throw new ProblemError({ status: 404, code: 'not-found', detail: 'there is no run of this id' });
}
