import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { actionKey, actionRow, settledStatuses } from '../../core/action/action.ts';
import { actionId, runId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { awaitAction } from '../../core/run/await-action.ts';
import { runKey, runRow } from '../../core/run/run.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createMachines } from '../aws/machines.ts';
import { decideAndCommit } from '../aws/registry.ts';

const registry = connectRegistry(readEnvironment('await-action', process.env));
const machines = createMachines(new SFNClient({}));
const payload = z.object({ token: z.string().min(1), run: runId, action: actionId });

/**
 * Step of a workflow machine: `{token, run, action}`. Remembers the token beside the action; the relay answers
 * `{action, status, output?, problem?}` when the action settles, and so do we when it settled meanwhile.
 */
export const handler = async (event: unknown) => {
  const { token, run, action } = payload.parse(event);
  await decideAndCommit(registry, async () => {
    const [stored] = await registry.load([runKey(run)]);
    return awaitAction(parseRow(runRow, stored), { token, action }, new Date());
  });
  const [stored] = await registry.load([actionKey(action)]);
  const { status, output, problem } = parseRow(actionRow, stored);
  if (settledStatuses.includes(status))
    await machines.answer(token, { output: { action, status, output, problem } });
  return { waiting: action };
};
