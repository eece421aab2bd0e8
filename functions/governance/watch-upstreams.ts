import { isRefusal, type Refusal } from '../../core/change.ts';
import type { Tool } from '../../core/governance/tool.ts';
import {
  keptDefinitionKey,
  keptDefinitionRow,
  toolWatchKey,
  toolWatchRow,
} from '../../core/governance/tool-watch.ts';
import {
  type Definition,
  mcpDefinition,
  openApiDefinition,
  readDescribed,
} from '../../core/governance/upstream.ts';
import { watchTool, type Watched } from '../../core/governance/watch-tool.ts';
import type { ReleaseBundle } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { errorDetails, type Log } from '../aws/log.ts';
import type { RecordFigures } from '../aws/metrics.ts';
import type { ReadUpstream, UpstreamFound } from '../aws/read-upstream.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import type { Releases } from '../aws/releases.ts';
import { loadActive } from './list-releases.ts';

export type WatchDeps = {
  readonly registry: Pick<Registry, 'load' | 'list' | 'commit'>;
  readonly releases: Pick<Releases, 'load'>;
  readonly readUpstream: ReadUpstream;
  readonly record: RecordFigures;
  readonly log: Log;
  readonly now: () => Date;
};

type Pinned = Tool & { readonly upstream: NonNullable<Tool['upstream']> };
type Looked = { readonly seen: number; readonly unreachable: number; readonly failed: number };

/** Addresses that are read at a time. */
const AT_ONCE = 4;

/**
 * Compares the upstream definition of every tool in force with the pinned one. An address is read once for all its
 * tools; one that can't be read is told and changes nothing.
 */
export async function watchUpstreams(deps: WatchDeps): Promise<Looked> {
  const active = await loadActive(deps.registry);
  if (!active) return { seen: 0, unreachable: 0, failed: 0 };
  const bundle = await deps.releases.load(active.release);
  const tools = bundle.tools.filter(isPinned);
  const places = [...Map.groupBy(tools, (tool) => placeOf(tool)).values()];
  const looked = { seen: tools.length, unreachable: 0, failed: 0 };
  for (let next = 0; next < places.length; next += AT_ONCE) {
    const batch = places.slice(next, next + AT_ONCE);
    const results = await Promise.all(
      batch.map((of) => lookAt(deps, of, { bundle, release: active.release })),
    );
    looked.unreachable += results.filter((result) => result === 'unreachable').length;
    for (const result of results) looked.failed += typeof result === 'number' ? result : 0;
  }
  deps.record([{ name: 'UpstreamsUnreachable', unit: 'Count', value: looked.unreachable, dimensions: {} }]);
  return looked;
}

const isPinned = (tool: Tool): tool is Pinned => tool.upstream !== undefined && tool.stage !== 'retired';
const placeOf = ({ system, upstream: { kind, url } }: Pinned) => `${system} ${kind} ${url}`;

type Rules = { readonly bundle: ReleaseBundle; readonly release: string };

/** How many of an address's tools could not be looked after. */
async function lookAt(
  deps: WatchDeps,
  tools: readonly Pinned[],
  rules: Rules,
): Promise<number | 'unreachable'> {
  const [{ system: id, upstream } = tools[0] as Pinned] = tools;
  const system = rules.bundle.systems.find((candidate) => candidate.id === id);
  const found = system ? await read(deps, upstream, system) : { problem: `there is no system ${id}` };
  if ('problem' in found) {
    const { host } = new URL(upstream.url);
    deps.log('warn', 'UPSTREAM_UNREACHABLE', {
      system: id,
      host,
      reason: found.problem,
      tools: tools.length,
    });
    return 'unreachable';
  }
  let failed = 0;
  for (const tool of tools) {
    await compare(deps, tool, { found: definitionOf(found, tool), release: rules.release }).catch(
      (error: unknown) => {
        failed += 1;
        deps.log('error', 'TOOL_UNWATCHED', { tool: tool.name, ...errorDetails(error) });
      },
    );
  }
  return failed;
}

/** Only what is such a description says that an operation is gone. */
async function read(deps: WatchDeps, upstream: Pinned['upstream'], system: ReleaseBundle['systems'][number]) {
  const found = await deps.readUpstream(upstream, system).catch((error: unknown) => ({
    problem: errorDetails(error).reason,
  }));
  if ('problem' in found || found.kind === 'mcp' || readDescribed(found.document)) return found;
  return { problem: 'it is no OpenAPI document' };
}

const definitionOf = (found: UpstreamFound, { upstream: { operation } }: Pinned): Definition | undefined =>
  found.kind === 'mcp' ? mcpDefinition(found.tools, operation) : openApiDefinition(found.document, operation);

const unchanged: Refusal<'unchanged'> = { refused: 'unchanged', detail: 'nothing to write down' };

async function compare(
  { registry, log, now }: WatchDeps,
  tool: Pinned,
  seen: Pick<Watched, 'found' | 'release'>,
): Promise<void> {
  const done = await decideAndCommit(registry, async () => {
    const keys = [toolWatchKey(tool.name), keptDefinitionKey(tool.name)];
    const [watch, stored] = await registry.load(keys);
    const kept = stored && parseRow(keptDefinitionRow, stored);
    const row = watch && parseRow(toolWatchRow, watch);
    const before =
      kept?.hash === tool.upstream.hash ? (JSON.parse(kept.definition) as Definition) : undefined;
    return watchTool({ ...seen, tool, row, kept: before }, now()) ?? unchanged;
  });
  if (isRefusal(done)) return;
  const { quarantine } = done.committed.result;
  const [{ type }] = done.committed.events;
  if (quarantine) log('warn', 'TOOL_QUARANTINED', { tool: tool.name, fields: quarantine.differences.length });
  else if (type === 'tool.unquarantined') log('info', 'TOOL_UNQUARANTINED', { tool: tool.name });
}
