import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { runId, taskIdOf } from '../../core/id.ts';
import { isRefusal } from '../../core/change.ts';
import { parseRow } from '../../core/row.ts';
import { runKey, runRow } from '../../core/run/run.ts';
import { openTask } from '../../core/task/open-task.ts';
import { taskKey, taskRow } from '../../core/task/task.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createMachines } from '../aws/machines.ts';
import { decideAndCommit } from '../aws/registry.ts';

const registry = connectRegistry(readEnvironment('assign-task', process.env));
const machines = createMachines(new SFNClient({}));

const payload = z.object({
  token: z.string().min(1),
  run: runId,
  step: z.string().min(1),
  /** Names this visit of the state: its entered time. */
  visit: z.string().min(1),
  capability: z.string().min(1),
  input: z.unknown(),
  leaseSeconds: z.int().min(1).max(3600),
  deadlineSeconds: z.int().min(1),
});

/** Step of a workflow machine: opens the task; the agent's output comes later by the token. */
export const handler = async (event: unknown) => {
  const { visit, ...asked } = payload.parse(event);
  const id = taskIdOf(asked.run, asked.step, visit);
  const load = async () => {
    const [run, task] = await registry.load([runKey(asked.run), taskKey(id)]);
    return { run: parseRow(runRow, run), existing: task && parseRow(taskRow, task) };
  };
  const opened = await decideAndCommit(registry, async () =>
    openTask(await load(), { ...asked, id }, new Date()),
  );
  const { existing: task } = await load();
  if (isRefusal(opened)) await machines.answer(asked.token, { error: 'RunEnded', cause: opened.detail });
  else if (task?.status === 'completed') await machines.answer(asked.token, { output: task.output });
  else if (task?.status === 'failed') {
    await machines.answer(asked.token, { error: 'TaskFailed', cause: task.problem?.detail ?? 'failed' });
  }
  return { task: id };
};
