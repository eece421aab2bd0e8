import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { stoppedBy } from '../../core/action/admission.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { type Look, notePreview, previewKey, previewRow } from '../../core/approval/preview.ts';
import type { Tool } from '../../core/governance/tool.ts';
import { quarantineOf, toolWatchKey, toolWatchRow } from '../../core/governance/tool-watch.ts';
import type { ActionId } from '../../core/id.ts';
import { createInputCheck } from '../../core/policy/input-check.ts';
import { InputError } from '../../core/policy/shape-value.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { errorDetails } from '../aws/log.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { RunDeps } from './run-action.ts';

/** People are not kept waiting for a look. */
const SECONDS = 10;

/** What answers at once and changes nothing by being asked. */
const connectors: readonly string[] = ['http', 'lambda', 'mcp'];

/**
 * Asks a held action's preview tool, before people are asked, what is there now, and keeps the answer for them; once.
 * Whatever goes wrong is kept as such: nobody waits for it, and it decides nothing.
 */
export async function previewAction(deps: RunDeps, id: ActionId): Promise<void> {
  const [stored, seen] = await deps.registry.load([actionKey(id), previewKey(id)]);
  const held = parseRow(actionRow, stored);
  const tool = held.preview;
  if (tool === undefined || held.status !== 'held' || seen) return;
  const look = await lookAt(deps, held, tool).catch((error: unknown): Look => {
    if (error instanceof InputError) return { problem: 'not-for-this-input' };
    deps.log('error', 'FAULT', { action: id, ...errorDetails(error) });
    return { problem: 'fault' };
  });
  await decideAndCommit(deps.registry, async () => {
    const [now, before] = await deps.registry.load([actionKey(id), previewKey(id)]);
    const facts = { action: parseRow(actionRow, now), before: before && parseRow(previewRow, before) };
    return notePreview({ ...facts, tool }, look, deps.now());
  });
}

async function lookAt(deps: RunDeps, held: ActionRow, name: string): Promise<Look> {
  const { bundle } = await deps.open(held.release);
  const tool = bundle.tools.find((each) => each.name === name);
  const problem = tool ? await whyNot(deps, held, tool) : 'no-tool';
  if (!tool || problem !== undefined) return { problem: problem ?? 'no-tool' };
  const input = inputFor(tool, held);
  createInputCheck(tool.input)(input);
  const system = bundle.systems.find((each) => each.id === tool.system);
  const called = { ...tool, timeoutSeconds: Math.min(tool.timeoutSeconds, SECONDS), attempts: 1 };
  const outcome = await deps.callTool({ tool: called, system, input, idempotencyKey: `${held.id}.preview` });
  return outcome.status === 'succeeded' ? { output: outcome.output ?? null } : { problem: outcome.code };
}

/** Why this tool is not asked now; it is called for people, so the centre must have confirmed that it only reads. */
async function whyNot(deps: RunDeps, held: ActionRow, tool: Tool): Promise<string | undefined> {
  const keys = [agentKey(held.agent), switchesKey, toolWatchKey(tool.name)];
  const [agent, switches, watched] = await deps.registry.load(keys);
  const who = { agent: parseRow(agentRow, agent), switches: readSwitches(switches) };
  const watch = watched && parseRow(toolWatchRow, watched);
  if (tool.effect !== 'read' || !tool.reviewed) return 'not-reviewed';
  if (tool.stage === 'retired' || !connectors.includes(tool.connector.type)) return 'not-asked';
  if (stoppedBy(who, { tool: tool.name }) || stoppedBy(who, { tool: held.tool })) return 'blocked';
  return quarantineOf(watch, tool.hash) && 'quarantined';
}

/** Of the action's input what the preview tool takes. */
function inputFor({ input: { properties } }: Tool, { input }: ActionRow): Readonly<Record<string, unknown>> {
  if (typeof properties !== 'object' || properties === null) return input;
  return Object.fromEntries(Object.entries(input).filter(([field]) => Object.hasOwn(properties, field)));
}
