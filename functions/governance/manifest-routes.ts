import type { Hono } from 'hono';
import { agentRow } from '../../core/agent/agent.ts';
import { governanceBody } from '../../core/governance/manifest.ts';
import { isRefusal } from '../../core/change.ts';
import { parseRow } from '../../core/row.ts';
import { workflowRow } from '../../core/run/run.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { exportLive } from './export-live.ts';
import { refused, unfit } from './refused.ts';
import { readBody } from '../http/read-body.ts';
import { applyGovernance, type ApplyDeps } from './apply-governance.ts';
import { loadActive } from './list-releases.ts';

/** Bytes and values of a whole governance directory. */
export const LIMITS = { maxBytes: 5 * 1024 * 1024, maxNodes: 500_000 };

/** Apply a directory, plan it, see what is live. */
export function manifestRoutes(app: Hono<ApiContext>, deps: ApplyDeps): void {
  app.put('/v1/governance', async (c) => {
    const actor = administratorOf(c.env.event);
    const body = await readBody(c, governanceBody, LIMITS);
    const [plan, prune] = [c.req.query('plan') === 'true', c.req.query('prune') === 'true'];
    const applied = await applyGovernance(deps, body, { actor, plan, prune });
    if (isRefusal(applied)) throw refused(applied);
    if ('findings' in applied) throw unfit(applied);
    return c.json(applied);
  });
  app.get('/v1/governance', async (c) => {
    administratorOf(c.env.event);
    return c.json(await (c.req.query('export') === 'true' ? exportLive(deps) : live(deps)));
  });
}

async function live({ registry, releases }: ApplyDeps) {
  const active = await loadActive(registry);
  if (!active) return { release: null, units: [], tools: [], agents: [], workflows: [] };
  const bundle = await releases.load(active.release);
  const agents = await Promise.all(bundle.units.map(({ id }) => registry.list('list', `AGENTS#${id}`, 1000)));
  const workflows = await registry.list('list', 'WORKFLOW', 1000);
  return {
    release: active.release,
    units: bundle.units,
    tools: bundle.tools.map(({ name, title, unit, system, effect, groups, reviewed }) => ({
      name,
      title,
      unit,
      system,
      effect,
      groups,
      reviewed,
    })),
    agents: agents.flat().map((row) => {
      const { id, name, unit, sponsor, stage, roles, capabilities } = parseRow(agentRow, row);
      return { id, name, unit, sponsor, stage, roles, capabilities };
    }),
    workflows: workflows.map((row) => {
      const { id, title, unit, machine, baseline } = parseRow(workflowRow, row);
      return { id, title, unit, machine, baseline };
    }),
  };
}
