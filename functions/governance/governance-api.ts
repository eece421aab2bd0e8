import { agentRow } from '../../core/agent/agent.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import { governanceBody } from '../../core/governance/manifest.ts';
import { parseRow } from '../../core/row.ts';
import { workflowRow } from '../../core/run/run.ts';
import { administratorOf, createApi } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { applyGovernance, type ApplyDeps } from './apply-governance.ts';
import { explainDecision } from './explain-decision.ts';
import { listReleases, loadActive } from './list-releases.ts';
import { rollback } from './rollback.ts';

/** Bytes and values of a whole governance directory. */
const LIMITS = { maxBytes: 5 * 1024 * 1024, maxNodes: 500_000 };

/**
 * Governance as code, for IAM-signed callers: apply a directory, plan it, see what is live, go back to an earlier
 * release, have a decision explained.
 */
export function createGovernanceApi(deps: ApplyDeps) {
  const app = createApi();
  app.put('/v1/governance', async (c) => {
    const actor = administratorOf(c.env.event);
    const body = await readBody(c, governanceBody, LIMITS);
    const applied = await applyGovernance(deps, body, { actor, plan: c.req.query('plan') === 'true' });
    if ('findings' in applied) {
      const [first] = applied.findings;
      const detail = `${first?.file}:${first?.line}: ${first?.reason}`;
      throw new ProblemError({ status: 422, code: 'governance-refused', detail, more: applied });
    }
    return c.json(applied);
  });
  app.get('/v1/governance', async (c) => {
    administratorOf(c.env.event);
    return c.json(await live(deps));
  });
  app.get('/v1/releases', async (c) => {
    administratorOf(c.env.event);
    return c.json({ releases: await listReleases(deps.registry) });
  });
  app.post('/v1/releases/:hash/activate', async (c) => {
    const actor = administratorOf(c.env.event);
    return c.json(orProblem(await rollback(deps, c.req.param('hash'), actor)));
  });
  app.get('/v1/decisions/:id', async (c) => {
    administratorOf(c.env.event);
    return c.json(orProblem(await explainDecision(deps, c.req.param('id'))));
  });
  return app;
}

/** What was found; otherwise 404, or 409 for an action from before decisions kept what they were made on. */
function orProblem<T extends object>(answer: T | Refusal): T {
  if (!isRefusal(answer)) return answer;
  const { refused: code, detail } = answer;
  throw new ProblemError({ status: code === 'not-recorded' ? 409 : 404, code, detail });
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
