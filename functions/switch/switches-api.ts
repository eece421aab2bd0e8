import type * as z from 'zod';
import { agentKey } from '../../core/agent/agent.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import type { Actor } from '../../core/event.ts';
import { unitKey } from '../../core/governance/unit.ts';
import { workflowKey } from '../../core/run/run.ts';
import { engageSwitch } from '../../core/switch/engage-switch.ts';
import { restoreSwitch, type RestoreRequest } from '../../core/switch/restore-switch.ts';
import {
  type EngagedSwitch,
  partsOf,
  readSwitches,
  switchesKey,
  switchesRow,
} from '../../core/switch/switch.ts';
import { engageBody, restoreBody, type SwitchView } from '../../core/switch/switch-view.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import { administratorOf, createApi } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { contain, type SwitchDeps } from './contain.ts';

/** The kill switch, for IAM-signed callers: see what is stopped, stop something, restore it with a second person. */
export function createSwitchesApi(deps: SwitchDeps) {
  const app = createApi();
  app.get('/v1/switches', async (c) => {
    administratorOf(c.env.event);
    return c.json({ switches: (await load(deps.registry)).map(viewOf) });
  });
  app.post('/v1/switches', async (c) => {
    const actor = administratorOf(c.env.event);
    return c.json(viewOf(await engage(deps, await readBody(c, engageBody), actor)));
  });
  app.post('/v1/switches/restore', async (c) => {
    const actor = administratorOf(c.env.event);
    return c.json(await restore(deps, await readBody(c, restoreBody), actor));
  });
  return app;
}

/** Engages and contains. Asked again it contains what an interruption left open. */
async function engage(
  deps: SwitchDeps,
  request: z.infer<typeof engageBody>,
  actor: Actor,
): Promise<EngagedSwitch> {
  await requireKnown(deps.registry, request.scope);
  const engaged = await decideAndCommit(deps.registry, async () => {
    const [row] = await deps.registry.load([switchesKey]);
    return engageSwitch(row && parseRow(switchesRow, row), request, { actor, now: deps.now() });
  });
  if (isRefusal(engaged) && engaged.refused !== 'engaged') throw problem(engaged);
  const since = (await find(deps, request.scope))?.since;
  if (since !== undefined) await contain(deps, { scope: request.scope, since }, actor);
  const stopped = await find(deps, request.scope);
  if (stopped) return stopped;
  throw problem({ refused: 'restored', detail: `${request.scope} was restored by others meanwhile` });
}

async function restore(deps: SwitchDeps, request: RestoreRequest, actor: Actor) {
  const restored = await decideAndCommit(deps.registry, async () => {
    const [row] = await deps.registry.load([switchesKey]);
    return restoreSwitch(row && parseRow(switchesRow, row), request, { actor, now: deps.now() });
  });
  if (isRefusal(restored)) throw problem(restored);
  const left = restored.committed.result.engaged.find(({ scope }) => scope === request.scope);
  return { scope: request.scope, restored: left === undefined, ...(left && { switch: viewOf(left) }) };
}

/** A scope that names nothing there is would stop nothing: better told in an incident than found out. */
async function requireKnown(registry: Registry, scope: string): Promise<void> {
  const { kind, id } = partsOf(scope);
  const keys = { agent: agentKey(id), unit: unitKey(id), workflow: workflowKey(id) };
  if (kind !== 'agent' && kind !== 'unit' && kind !== 'workflow') return;
  const [row] = await registry.load([keys[kind]]);
  if (!row)
    throw problem({ refused: 'unknown-scope', detail: `there is no ${kind} ${id}: nothing was stopped` });
}

async function load(registry: Registry): Promise<readonly EngagedSwitch[]> {
  const [row] = await registry.load([switchesKey]);
  return readSwitches(row).engaged;
}

const find = async ({ registry }: SwitchDeps, scope: string) =>
  (await load(registry)).find((each) => each.scope === scope);

const problem = ({ refused: code, detail }: Refusal) =>
  new ProblemError({ status: code === 'unknown-scope' ? 404 : 409, code, detail });

/** As callers see it, with the seconds it took to contain. */
function viewOf({ since, ...engaged }: EngagedSwitch): SwitchView {
  const { engagedAt, containedAt } = engaged;
  if (containedAt === undefined) return engaged;
  return { ...engaged, secondsToContain: (Date.parse(containedAt) - Date.parse(engagedAt)) / 1000 };
}
