import { canonicalJson } from '../canonical-json.ts';
import type { Change, Write } from '../change.ts';
import type { EventType } from '../event.ts';
import { fieldDifferences } from './field-difference.ts';
import {
  keptDefinitionKey,
  type Quarantine,
  quarantineOf,
  toolWatchKey,
  type ToolWatchRow,
} from './tool-watch.ts';
import type { Tool } from './tool.ts';
import { type Definition, definitionHash } from './upstream.ts';

/** Characters of a definition that is kept to compare with; a larger one is compared by its hash alone. */
const MOST_KEPT = 200_000;
const MOST_SHOWN = 50;

export type Watched = {
  readonly tool: Pick<Tool, 'name' | 'unit' | 'hash'> & { readonly upstream: NonNullable<Tool['upstream']> };
  /** What is found upstream now; absent when the operation is gone. */
  readonly found: Definition | undefined;
  readonly row: ToolWatchRow | undefined;
  /** The kept definition, if it is the pinned one. */
  readonly kept: Definition | undefined;
  readonly release: string;
};

/**
 * What one look at a tool's upstream changes; `undefined` when nothing. Another definition than the pinned one puts
 * the tool in quarantine, the pinned one takes it out; what was seen as pinned is kept, to tell later what differs.
 */
export function watchTool(watched: Watched, now: Date): Change<ToolWatchRow> | undefined {
  const { tool, found, row } = watched;
  const upstream = found && definitionHash(found);
  const stands = row && quarantineOf(row, tool.hash);
  if (upstream === tool.upstream.hash && found) return seenAsPinned(watched, found, now);
  if (stands && stands.upstream === upstream) return undefined;
  const quarantine = quarantined(watched, upstream, stands?.since ?? now.toISOString());
  const next = { ...(row?.kept !== undefined && { kept: row.kept }), quarantine };
  return changed(watched, { type: 'tool.quarantined', next, now, data: quarantine });
}

function seenAsPinned(watched: Watched, found: Definition, now: Date): Change<ToolWatchRow> | undefined {
  const { tool, row } = watched;
  const { hash } = tool.upstream;
  const left = row?.quarantine;
  if (!left && row?.kept === hash) return undefined;
  const definition = canonicalJson(JSON.parse(JSON.stringify(found, exactly)));
  const keep: Write[] =
    definition.length > MOST_KEPT
      ? []
      : [{ kind: 'put', row: { ...keptDefinitionKey(tool.name), v: 1, hash, definition } }];
  const type = left ? 'tool.unquarantined' : 'tool.watched';
  const data = { upstream: hash, ...(left && { since: left.since }) };
  return changed(watched, { type, next: { kept: hash }, now, data }, keep);
}

/** Numbers JSON would round stand as text, as they do in the hash. */
const exactly = (_: string, value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? `number ${value}`
    : value;

function quarantined(
  { tool, found, kept }: Watched,
  upstream: string | undefined,
  since: string,
): Quarantine {
  const all = found && kept ? fieldDifferences(kept, found) : [];
  const differences = all.slice(0, MOST_SHOWN).map((each) => ({ ...each, field: each.field.slice(0, 200) }));
  return {
    definition: tool.hash,
    ...(upstream !== undefined && { upstream }),
    differences,
    more: all.length - differences.length,
    since,
  };
}

function changed(
  { tool, row, release }: Watched,
  said: {
    readonly type: EventType & `tool.${string}`;
    readonly next: Pick<ToolWatchRow, 'kept' | 'quarantine'>;
    readonly now: Date;
    readonly data: object;
  },
  more: readonly Write[] = [],
): Change<ToolWatchRow> {
  const version = (row?.version ?? 0) + 1;
  const key = toolWatchKey(tool.name);
  const next: ToolWatchRow = { ...key, v: 1, version, tool: tool.name, ...said.next };
  const { url, operation, hash: pinned } = tool.upstream;
  return {
    writes: [
      row ? { kind: 'replace', row: next, ifVersion: row.version } : { kind: 'create', row: next },
      ...more,
    ],
    events: [
      {
        v: 1,
        subject: key.pk,
        version,
        type: said.type,
        at: said.now.toISOString(),
        actor: { kind: 'system', id: 'watch-tools' },
        unit: tool.unit,
        tool: tool.name,
        release,
        data: { url, operation, pinned, ...said.data },
      },
    ],
    result: next,
  };
}
