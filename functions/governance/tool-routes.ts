import type { Hono } from 'hono';
import type { Refusal } from '../../core/change.ts';
import type { ListedTool, RegisteredTool, RegisteredTools } from '../../core/governance/tool-view.ts';
import {
  quarantineOf,
  toolWatchKey,
  type ToolWatchRow,
  toolWatchRow,
} from '../../core/governance/tool-watch.ts';
import type { Tool } from '../../core/governance/tool.ts';
import { parseRow } from '../../core/row.ts';
import { administratorOf, type ApiContext } from '../http/lambda.ts';
import { orProblem } from '../http/problem.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { loadActive } from './list-releases.ts';

type Deps = Pick<ApplyDeps, 'registry' | 'releases'>;

/** The registry of tools: which there are in force, reviewed or not, and which are in quarantine. */
export function toolRoutes(app: Hono<ApiContext>, deps: Deps): void {
  app.get('/v1/tools-registry', async (c) => {
    administratorOf(c.env.event);
    return c.json(await listTools(deps));
  });
  app.get('/v1/tools-registry/:name', async (c) => {
    administratorOf(c.env.event);
    return c.json(orProblem(await showTool(deps, c.req.param('name'))));
  });
}

async function listTools({ registry, releases }: Deps): Promise<RegisteredTools> {
  const active = await loadActive(registry);
  if (!active) return { release: null, tools: [] };
  const { tools } = await releases.load(active.release);
  const watches = await registry.load(tools.map(({ name }) => toolWatchKey(name)));
  return { release: active.release, tools: tools.map((tool, n) => listed(tool, readWatch(watches[n]))) };
}

async function showTool(
  { registry, releases }: Deps,
  name: string,
): Promise<RegisteredTool | Refusal<'not-found'>> {
  const active = await loadActive(registry);
  const bundle = active && (await releases.load(active.release));
  const tool = bundle?.tools.find((each) => each.name === name);
  if (!tool) return { refused: 'not-found', detail: `no tool in force is called ${name}` };
  const [stored] = await registry.load([toolWatchKey(name)]);
  const watch = readWatch(stored);
  const review = bundle?.reviews?.find((each) => each.tool === name);
  return {
    ...tool,
    ...listed(tool, watch),
    ...(review && {
      review: { effect: review.effect, groups: review.groups, definition: review.definition },
    }),
    watched: tool.upstream !== undefined && watch?.kept === tool.upstream.hash,
  };
}

const readWatch = (stored: unknown): ToolWatchRow | undefined =>
  stored === undefined ? undefined : parseRow(toolWatchRow, stored);

function listed(tool: Tool, watch: ToolWatchRow | undefined): ListedTool {
  const { name, title, system, shared, effect, groups, version, owner, classification, stage } = tool;
  const { unit, hash, reviewed } = tool;
  const quarantine = quarantineOf(watch, hash);
  const said = { version, owner, classification, stage };
  return { name, title, system, shared, effect, groups, ...said, unit, hash, reviewed, quarantine };
}
