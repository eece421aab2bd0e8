import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { type BreakerRow, isTrouble } from '../../core/action/breaker.ts';
import { resumeAction } from '../../core/action/resume-action.ts';
import { type CallOutcome, settleAction } from '../../core/action/settle-action.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { isRefusal } from '../../core/change.ts';
import type { System } from '../../core/governance/system.ts';
import type { Tool } from '../../core/governance/tool.ts';
import { toolWatchKey, toolWatchRow } from '../../core/governance/tool-watch.ts';
import type { ActionId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import type { Breakers } from '../aws/breakers.ts';
import type { CallTool } from '../aws/call-tool.ts';
import { errorDetails, type Log } from '../aws/log.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import type { OpenRelease } from './judge.ts';

export type RunDeps = {
  readonly registry: Registry;
  readonly callTool: CallTool;
  readonly breakers: Breakers;
  readonly open: OpenRelease;
  readonly log: Log;
  readonly now: () => Date;
};

/** The action's row as it is now; a missing one is a fault. */
export async function loadAction(registry: Pick<Registry, 'load'>, id: ActionId): Promise<ActionRow> {
  const [row] = await registry.load([actionKey(id)]);
  return parseRow(actionRow, row);
}

/** What an action calls, and the tool's breaker as it was before. */
type Target = {
  readonly tool: Tool;
  readonly system: System | undefined;
  readonly breaker?: BreakerRow | undefined;
};

/** The breaker spares calls and decides nothing: that it can't be told is no reason to fail an action that ended. */
async function noteTrouble(
  deps: RunDeps,
  { tool, breaker }: Pick<Target, 'tool' | 'breaker'>,
  outcome: CallOutcome,
): Promise<void> {
  const noted = deps.breakers.note(tool.name, breaker, isTrouble(outcome), deps.now());
  await noted.catch((error: unknown) => deps.log('error', 'BREAKER_NOT_NOTED', errorDetails(error)));
}

/** The attempt that makes the first call: what was queued for the executor was started without one. */
const firstCall = ({ callSeconds }: ActionRow) => (callSeconds === undefined ? 1 : 2);

/**
 * Calls the tool of an action that was just started (or resumed) and records how it ended, on the row as it was
 * started. The outcome counts only while no other attempt took over; either way the row as it then is comes back.
 */
export async function runAction(
  deps: RunDeps,
  started: ActionRow,
  { tool, system, breaker }: Target,
): Promise<ActionRow> {
  const { id: idempotencyKey, input, agent } = started;
  const earlier = started.attempt > firstCall(started);
  const outcome = await deps.callTool({ tool, system, input, idempotencyKey, agent, earlier });
  let known: ActionRow | undefined = started;
  const settled = await decideAndCommit(deps.registry, async () => {
    const action = known ?? (await loadAction(deps.registry, started.id));
    known = undefined;
    return settleAction(action, started.attempt, outcome, deps.now(), tool);
  });
  const row = isRefusal(settled) ? await loadAction(deps.registry, started.id) : settled.committed.result;
  deps.log('info', 'ACTION_SETTLED', { action: row.id, status: row.status, attempt: row.attempt });
  await noteTrouble(deps, { tool, breaker }, outcome);
  return row;
}

/**
 * Takes up an action left in flight, if it is time; `undefined` while its call may still be under way, a kill switch
 * covers it or its tool is in quarantine.
 */
export async function resumeRun(deps: RunDeps, left: ActionRow): Promise<ActionRow | undefined> {
  const { bundle } = await deps.open(left.release);
  const tool = bundle.tools.find((candidate) => candidate.name === left.tool);
  const resumed = await decideAndCommit(deps.registry, async () => {
    const own = [actionKey(left.id), agentKey(left.agent), switchesKey, toolWatchKey(left.tool)];
    const keys = [...own, ...(left.via ?? []).map(agentKey)];
    const [action, agent, switches, watched, ...lenders] = await deps.registry.load(keys);
    const watch = watched && parseRow(toolWatchRow, watched);
    const links = lenders.map((row) => parseRow(agentRow, row));
    const who = { agent: parseRow(agentRow, agent), switches: readSwitches(switches), watch };
    return resumeAction({ ...who, action: parseRow(actionRow, action), tool, links }, deps.now());
  });
  if (isRefusal(resumed)) {
    return resumed.refused === 'not-started' ? loadAction(deps.registry, left.id) : undefined;
  }
  const row = resumed.committed.result;
  deps.log('warn', 'ACTION_RESUMED', { action: row.id, attempt: row.attempt, status: row.status });
  const system = bundle.systems.find((candidate) => candidate.id === tool?.system);
  return row.status === 'started' && tool ? runAction(deps, row, { tool, system }) : row;
}
