import { agentRow, gateKey, toolsUsed } from '../../core/agent/agent.ts';
import type { Actor } from '../../core/event.ts';
import { catalogue } from '../../core/policy/catalogue.ts';
import { compileRelease } from '../../core/policy/compile-release.ts';
import type { ComponentQuery, ComponentsView } from '../../core/policy/component-view.ts';
import { seeComponents } from '../../core/policy/see-components.ts';
import { parseRow } from '../../core/row.ts';
import { workflowRow } from '../../core/run/run.ts';
import type { Registry } from '../aws/registry.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { loadActive } from './list-releases.ts';
import { loadScopes } from './load-scopes.ts';

const LIMIT = 10_000;

/** What there is to reuse as this caller may see it. Reads alone. */
export async function listComponents(
  { registry, releases }: Pick<ApplyDeps, 'registry' | 'releases'>,
  actor: Actor,
  query: ComponentQuery,
): Promise<ComponentsView> {
  const [scopes, active, agents, workflows] = await Promise.all([
    loadScopes(registry, actor),
    loadActive(registry),
    loadAgents(registry),
    registry.list('list', 'WORKFLOW', LIMIT),
  ]);
  const all = catalogue({
    release: active && compileRelease(await releases.load(active.release), active.release),
    agents,
    workflows: workflows.map((row) => parseRow(workflowRow, row)),
  });
  return { release: active?.release ?? null, components: [...seeComponents(all, scopes, query)] };
}

/** Every agent, with the UTC day on which it last used each tool. */
async function loadAgents(registry: Pick<Registry, 'load' | 'list'>) {
  const units = await registry.list('list', 'UNIT', LIMIT);
  const rows = await Promise.all(units.map(({ id }) => registry.list('list', `AGENTS#${String(id)}`, LIMIT)));
  const agents = rows.flat().map((row) => parseRow(agentRow, row));
  const gates = await registry.load(agents.map(({ id }) => gateKey(id)));
  return agents.map((agent, n) => ({ agent, used: toolsUsed(gates[n] ?? {}) }));
}
