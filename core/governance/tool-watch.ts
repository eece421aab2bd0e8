import * as z from 'zod';
import { rowBase } from '../row.ts';
import type { Tool } from './tool.ts';

const difference = z.object({
  field: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});

/** Why a tool is not used: what is found upstream is not what was pinned. */
export const quarantine = z.object({
  /** The definition of the tool it is about: under another one it says nothing. */
  definition: z.string(),
  /** Hash of what is found there now; absent when the operation is gone. */
  upstream: z.string().optional(),
  /** What differs; empty when it was never seen as it was pinned. */
  differences: z.array(difference).max(50),
  /** How many more differ. */
  more: z.int().min(0),
  since: z.iso.datetime(),
});
export type Quarantine = z.infer<typeof quarantine>;

/** What became of a tool's upstream: the last look that changed anything. */
export const toolWatchRow = z.object({
  ...rowBase,
  tool: z.string(),
  /** Hash of the upstream definition that is kept to compare with. */
  kept: z.string().optional(),
  quarantine: quarantine.optional(),
});
export type ToolWatchRow = z.infer<typeof toolWatchRow>;
export const toolWatchKey = (tool: string) => ({ pk: `TOOL#${tool}`, sk: 'WATCH' });

/** The upstream definition as it was when it was the pinned one, as JSON. */
export const keptDefinitionRow = z.object({
  pk: z.string(),
  sk: z.string(),
  v: z.literal(1),
  hash: z.string(),
  definition: z.string(),
});
export const keptDefinitionKey = (tool: string) => ({ pk: `TOOL#${tool}`, sk: 'KEPT' });

/** The quarantine of exactly this tool as it is; a newly reviewed definition is in none. */
export function quarantineOf(
  watch: Pick<ToolWatchRow, 'quarantine'> | undefined,
  definition: Tool['hash'],
): Quarantine | undefined {
  return watch?.quarantine?.definition === definition ? watch.quarantine : undefined;
}

/** A quarantine in a sentence: since when, what differs, what to do. */
export function describeQuarantine(tool: string, { differences, more, since, upstream }: Quarantine): string {
  const fields = differences.slice(0, 3).map(({ field }) => field);
  const rest = differences.length - fields.length + more;
  const what =
    upstream === undefined
      ? 'the operation is there no more'
      : fields.length === 0
        ? 'it was never seen as pinned'
        : `${fields.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return `${tool} is in quarantine since ${since}, for its upstream is not what was reviewed (${what}): its owner imports it anew and has it reviewed`;
}
