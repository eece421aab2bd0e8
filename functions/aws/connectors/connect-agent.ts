import { actionKey, actionRow } from '../../../core/action/action.ts';
import { isRefusal } from '../../../core/change.ts';
import { COE } from '../../../core/governance/manifest.ts';
import { type ActionId, actionId, taskIdOfAction } from '../../../core/id.ts';
import { parseRow } from '../../../core/row.ts';
import { isTerminal } from '../../../core/status.ts';
import { askAgent } from '../../../core/task/ask-agent.ts';
import { expireTask } from '../../../core/task/settle-task.ts';
import { taskKey, type TaskRow, taskRow, taskStatuses } from '../../../core/task/task.ts';
import type { CallResult, Connector, ToolCall } from './connector.ts';
import { type Clock, poll } from './poll.ts';
import { decideAndCommit, type Registry } from '../registry.ts';

type Deps = { readonly registry: Pick<Registry, 'load' | 'commit'> } & Clock;

/**
 * Makes the action a task for an agent of the tool's unit (of the asking agent's own, for a tool of the centre) and
 * waits for what it hands in. Called again it waits for the same task. When its time is over nobody may do it any more.
 */
export function connectAgent(deps: Deps): Connector {
  return async (call) => {
    const action = actionId.safeParse(call.idempotencyKey);
    if (call.tool.connector.type !== 'agent' || !action.success)
      return { status: 'failed', code: 'misconfigured', detail: 'this is no agent tool', sent: false };
    const asked = await ask(deps, call, action.data, call.tool.connector.capability);
    if (isRefusal(asked) && asked.refused !== 'asked')
      return { status: 'failed', code: asked.refused, detail: asked.detail, sent: false };
    const { deadline } = await taskOf(deps, action.data);
    const left = Date.parse(deadline) - deps.now().getTime();
    const settled = await poll(() => settledTask(deps, action.data), Math.min(left, call.timeoutMs), deps);
    return outcomeOf(settled ?? (await expire(deps, action.data)));
  };
}

function ask(deps: Deps, { tool, timeoutMs }: ToolCall, id: ActionId, capability: string) {
  return decideAndCommit(deps.registry, async () => {
    const [row, task] = await deps.registry.load([actionKey(id), taskKey(taskIdOfAction(id))]);
    const action = parseRow(actionRow, row);
    const unit = tool.unit === COE ? action.unit : tool.unit;
    const facts = { action, existing: task && parseRow(taskRow, task) };
    return askAgent(facts, { unit, capability, seconds: timeoutMs / 1000 }, deps.now());
  });
}

async function taskOf({ registry }: Deps, action: ActionId): Promise<TaskRow> {
  const [row] = await registry.load([taskKey(taskIdOfAction(action))]);
  return parseRow(taskRow, row);
}

async function settledTask(deps: Deps, action: ActionId): Promise<TaskRow | undefined> {
  const task = await taskOf(deps, action);
  return isTerminal(taskStatuses, task.status) ? task : undefined;
}

async function expire(deps: Deps, action: ActionId): Promise<TaskRow> {
  const expired = await decideAndCommit(deps.registry, async () => {
    const change = expireTask(await taskOf(deps, action), deps.now(), 'executor');
    return change ?? { refused: 'settled', detail: 'the task was settled in the same moment' };
  });
  return isRefusal(expired) ? taskOf(deps, action) : expired.committed.result;
}

/** What nobody began had no effect; what an agent had in hand when its time ended may have had one. */
function outcomeOf({ status, output, problem, fence }: TaskRow): CallResult {
  if (status === 'completed') return { status: 'succeeded', output: output ?? null };
  if (status === 'failed')
    return { status: 'failed', code: 'refused-by-agent', detail: `${problem?.code}: ${problem?.detail}` };
  return fence === 0
    ? { status: 'failed', code: 'nobody-came', detail: 'no agent took the task in the tool’s time' }
    : { status: 'unknown', code: 'timed-out', detail: 'an agent had the task when the tool’s time ended' };
}
