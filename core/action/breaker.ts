import * as z from 'zod';

/**
 * What keeps a tool in trouble from holding everybody up: calls in doubt weigh two, good ones take one away, and ten
 * open it. Shared by all who call, kept outside any transaction: it spares calls and decides nothing.
 */
export const breakerRow = z.object({
  pk: z.string(),
  sk: z.literal('BREAKER'),
  v: z.literal(1),
  score: z.int(),
  /** Nobody calls the tool before; absent while it is closed. */
  openUntil: z.iso.datetime().optional(),
  /** How often it opened in a row. */
  opened: z.int().min(0).optional(),
});
export type BreakerRow = z.infer<typeof breakerRow>;

export const breakerKey = (tool: string) => ({ pk: `BREAKER#${tool}`, sk: 'BREAKER' }) as const;

export const TROUBLE_WEIGHS = 2;
/** The score that opens it: ten calls in doubt out of about twenty, or five in a row. */
export const OPENS_AT = 10;
/** Seconds it stays open the first time, and at most. */
export const OPEN_SECONDS = 30;
const MOST_OPEN_SECONDS = 300;
/** Seconds in which one caller alone probes whether the tool is well again. */
export const PROBE_SECONDS = 30;

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Open: nobody calls. Half-open: the next one to take the probe does, alone. */
export function breakerState(row: BreakerRow | undefined, now: Date): BreakerState {
  if (row?.openUntil === undefined) return 'closed';
  return now.getTime() < Date.parse(row.openUntil) ? 'open' : 'half-open';
}

/** Seconds until it may be tried again. */
export const secondsLeft = ({ openUntil }: BreakerRow, now: Date): number =>
  Math.max(1, Math.ceil((Date.parse(openUntil ?? now.toISOString()) - now.getTime()) / 1000));

/** How long it opens for, the longer the more often in a row. */
export const openFor = (opened: number): number => Math.min(MOST_OPEN_SECONDS, OPEN_SECONDS * 2 ** opened);

/** Endings that say nothing good of the system: no answer, an error of its own, too much for it. */
const troubles: readonly string[] = ['unreachable', 'system-error', 'timed-out'];

export const isTrouble = (outcome: { readonly status: string; readonly code?: string }): boolean =>
  outcome.status !== 'succeeded' && troubles.includes(outcome.code ?? '');
