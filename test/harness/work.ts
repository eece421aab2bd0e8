import { isRefusal } from '../../core/change.ts';
import { type RunId, runIdOf, type TaskId, taskIdOf } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { requestRun } from '../../core/run/request-run.ts';
import { runKey, runRow, workflowKey, workflowRow } from '../../core/run/run.ts';
import { noSwitches } from '../../core/switch/switch.ts';
import { openTask } from '../../core/task/open-task.ts';
import { decideAndCommit } from '../../functions/aws/registry.ts';
import { createTasksApi } from '../../functions/task/tasks-api.ts';
import { asNamed, type World } from './door.ts';
import { type Answered, answered } from './http.ts';

const starter = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;

/** A run of the procurement workflow for Rita, as the runs API records it. */
export async function startRun({ deps: { registry, now } }: World, key: string): Promise<RunId> {
  const id = runIdOf(starter.id, key);
  const [workflow] = await registry.load([workflowKey('procurement')]);
  const facts = { workflow: parseRow(workflowRow, workflow), existing: undefined, switches: noSwitches };
  const body = { workflow: 'procurement', requester: 'rita@example.com', input: { item: 'chairs' } };
  await decideAndCommit(registry, async () => requestRun(facts, { id, body, actor: starter }, now()));
  return id;
}

/** A run with one open task in the unit operations; `token-<key>` waits for its result. */
export async function openWork(
  world: World,
  key: string,
  step: {
    readonly capability?: string;
    readonly leaseSeconds?: number;
    readonly deadlineSeconds?: number;
  } = {},
): Promise<{ readonly run: RunId; readonly task: TaskId }> {
  const { registry, now } = world.deps;
  const run = await startRun(world, key);
  const task = taskIdOf(run, 'Place the order', key);
  const asked = {
    id: task,
    run,
    step: 'Place the order',
    capability: 'ordering',
    input: { item: 'chairs' },
    leaseSeconds: 15,
    deadlineSeconds: 3600,
    token: `token-${key}`,
    ...step,
  };
  const opened = await decideAndCommit(registry, async () => {
    const [row] = await registry.load([runKey(run)]);
    return openTask({ run: parseRow(runRow, row), existing: undefined }, asked, now());
  });
  if (isRefusal(opened)) throw new Error(opened.detail);
  return { run, task };
}

/** The tasks API of this world; `post` sends as an agent. */
export function taskDesk(world: World) {
  const { registry, now } = world.deps;
  const newLease = () => `lease-${crypto.randomUUID()}`;
  const api = createTasksApi({ registry, newLease, now, authenticate: asNamed });
  return {
    post: async (path: string, as: string, body: object = {}): Promise<Answered> => {
      const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json' };
      return answered(
        await api.request(`/v1/tasks/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
      );
    },
  };
}
