import * as z from 'zod';
import type { ActionRow } from '../action/action.ts';
import { canonicalJson, digest } from '../canonical-json.ts';
import type { Change, Refusal } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import { actionId } from '../id.ts';
import { rowBase } from '../row.ts';

/** Characters of an answer that are kept, as canonical JSON; a longer one is shown to nobody. */
export const PREVIEW_CHARACTERS = 30_000;

/**
 * What a held action's preview tool told before people were asked: once, whatever it was. It is data of the system it
 * came from, without what that tool's schema marks as sensitive.
 */
export const previewRow = z.object({
  ...rowBase,
  action: actionId,
  tool: z.string(),
  at: z.iso.datetime(),
  output: z.unknown().optional(),
  /** Why there is nothing to show, as a code. */
  problem: z.string().optional(),
});
export type PreviewRow = z.infer<typeof previewRow>;

export const previewKey = (action: string) => ({ pk: `PREVIEW#${action}`, sk: 'PREVIEW' });

export type Look = { readonly output: unknown } | { readonly problem: string };

type Facts = {
  readonly action: ActionRow;
  readonly tool: string;
  readonly before: PreviewRow | undefined;
};

/** Keeps what was seen, or why nothing was; the first look stays. The log holds its hash. */
export function notePreview(
  { action, tool, before }: Facts,
  look: Look,
  now: Date,
): Change<PreviewRow> | Refusal<'not-held' | 'seen-before'> {
  if (before) return { refused: 'seen-before', detail: `it was looked at ${before.at}` };
  if (action.status !== 'held') return { refused: 'not-held', detail: `the action is ${action.status}` };
  const kept = within(look);
  const at = now.toISOString();
  const row: PreviewRow = {
    ...previewKey(action.id),
    v: 1,
    version: 1,
    action: action.id,
    tool,
    at,
    ...kept,
  };
  const { agent, unit, approval, release } = action;
  const told = 'problem' in kept ? kept : { output: digest(kept.output) };
  const event: AuditEvent = {
    v: 1,
    subject: row.pk,
    version: row.version,
    type: 'action.previewed',
    at,
    actor: { kind: 'system', id: 'execute-action' },
    agent,
    unit,
    tool: action.tool,
    action: action.id,
    approval,
    release,
    data: { preview: tool, ...told },
  };
  return { writes: [{ kind: 'create', row }], events: [event], result: row };
}

/** What is too large to be read by anybody, or is no plain JSON, is not kept. */
function within(look: Look): Look {
  if ('problem' in look) return look;
  try {
    const { length } = canonicalJson(look.output);
    return length <= PREVIEW_CHARACTERS ? look : { problem: 'too-large' };
  } catch {
    return { problem: 'unreadable' };
  }
}
