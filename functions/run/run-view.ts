import { agentRow } from '../../core/agent/agent.ts';
import { actionKey, actionRow } from '../../core/action/action.ts';
import { parseRow } from '../../core/row.ts';
import type { RunRow } from '../../core/run/run.ts';
import { unfitFor } from '../../core/task/claim-task.ts';
import { taskKey, taskRow } from '../../core/task/task.ts';
import { outcomeKey, outcomeRow } from '../../core/value/outcome.ts';
import type { Registry } from '../aws/registry.ts';

/** A run as its starter sees it: where it is, what it waits for, what it was worth. */
export async function runView(registry: Pick<Registry, 'load' | 'list'>, run: RunRow) {
  const [outcome] = await registry.load([outcomeKey(run.id)]);
  return {
    id: run.id,
    workflow: run.workflow,
    unit: run.unit,
    status: run.status,
    requester: run.requester,
    requestedAt: run.requestedAt,
    finishedAt: run.finishedAt,
    waitingFor: (await waitingTask(registry, run)) ?? (await waitingAction(registry, run)),
    outcome: outcome && parseRow(outcomeRow, outcome),
    output: run.output,
    problem: run.problem,
  };
}

/** The task it is at; when no agent can do it the view says so plainly. */
async function waitingTask(registry: Pick<Registry, 'load' | 'list'>, { currentTask, unit }: RunRow) {
  if (!currentTask) return undefined;
  const [stored] = await registry.load([taskKey(currentTask)]);
  const task = parseRow(taskRow, stored);
  const agents = (await registry.list('list', `AGENTS#${unit}`, 200)).map((row) => parseRow(agentRow, row));
  const able = agents.filter((agent) => !unfitFor(task, agent)).length;
  const note =
    able === 0
      ? `no agent with capability ${task.capability} is in pilot or production in unit ${unit}`
      : undefined;
  const { id, step, capability, status, openedAt: since, assignments } = task;
  const agent = status === 'leased' ? assignments.at(-1)?.agent : undefined;
  return { kind: 'task', id, step, capability, status, since, agent, eligibleAgents: able, note } as const;
}

async function waitingAction(registry: Pick<Registry, 'load'>, { awaitedAction }: RunRow) {
  if (!awaitedAction) return undefined;
  const [stored] = await registry.load([actionKey(awaitedAction)]);
  const { id, status, approval, requestedAt: since } = parseRow(actionRow, stored);
  return { kind: 'action', id, status, approval, since } as const;
}
