import * as z from 'zod';
import { agentKey, agentRow, type AgentRow, gateKey } from '../../core/agent/agent.ts';
import { isRefusal } from '../../core/change.ts';
import type { Actor } from '../../core/event.ts';
import { parseRow } from '../../core/row.ts';
import { confirmContained } from '../../core/switch/engage-switch.ts';
import { type EngagedSwitch, partsOf, switchesKey, switchesRow } from '../../core/switch/switch.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';

export type SwitchDeps = {
  readonly registry: Registry;
  readonly now: () => Date;
};

type Engaged = Pick<EngagedSwitch, 'scope' | 'since'>;

/** Gates turned at once. */
const TURNED_AT_ONCE = 25;
const MOST_AGENTS = 10_000;

/**
 * Turns every gate in a switch's scope, so that nothing decided before it was engaged can start any more, and then
 * confirms it. Agents are listed again afterwards: the index lags, and one may have been registered meanwhile.
 */
export async function contain(deps: SwitchDeps, engaged: Engaged, actor: Actor): Promise<void> {
  const turned = new Set<string>();
  for (let left = await agentsIn(deps, engaged.scope); left.length > 0;) {
    await turnGates(deps, left, engaged.since);
    for (const id of left) turned.add(id);
    left = (await agentsIn(deps, engaged.scope)).filter((id) => !turned.has(id));
  }
  const found = { ...engaged, agents: turned.size };
  await decideAndCommit(deps.registry, async () => {
    const [row] = await deps.registry.load([switchesKey]);
    if (!row) return { refused: 'not-engaged', detail: 'no switch is engaged' };
    return confirmContained(parseRow(switchesRow, row), found, { actor, now: deps.now() });
  });
}

async function turnGates(deps: SwitchDeps, ids: readonly string[], since: number): Promise<void> {
  for (let first = 0; first < ids.length; first += TURNED_AT_ONCE) {
    const some = ids.slice(first, first + TURNED_AT_ONCE);
    await Promise.all(some.map((id) => deps.registry.fence(gateKey(id), since)));
  }
}

/** The agents a scope reaches. Tools and workflows have no gates of their own: every agent's is turned. */
async function agentsIn({ registry }: SwitchDeps, scope: string): Promise<readonly string[]> {
  const { kind, id } = partsOf(scope);
  if (kind === 'agent') return isRefusal(await knownAgent(registry, id)) ? [] : [id];
  const units = kind === 'unit' ? [id] : await unitsOf(registry);
  const rows = await Promise.all(units.map((unit) => registry.list('list', `AGENTS#${unit}`, MOST_AGENTS)));
  const agents = rows.flat().map((row): AgentRow => parseRow(agentRow, row));
  return agents.filter(({ roles }) => kind !== 'role' || roles.includes(id)).map((agent) => agent.id);
}

async function knownAgent(registry: Registry, id: string) {
  const [row] = await registry.load([agentKey(id)]);
  return row ?? ({ refused: 'unknown-agent', detail: `there is no agent ${id}` } as const);
}

const listed = z.object({ listKey: z.string() });

async function unitsOf(registry: Registry): Promise<readonly string[]> {
  return (await registry.list('list', 'UNIT', MOST_AGENTS)).map((row) => listed.parse(row).listKey);
}
