import * as z from 'zod';
import { runId } from '../id.ts';
import { money } from '../money.ts';

/** How a run can end. */
export const runResults = [
  ...(['ordered', 'denied', 'rejected', 'expired', 'withdrawn'] as const),
  ...(['unreachable', 'superseded', 'failed', 'done'] as const),
] as const;

/** What one run was worth, measured against its workflow's baseline and net of its own cost. */
export const outcomeRow = z.object({
  pk: z.string(),
  sk: z.literal('OUTCOME'),
  v: z.literal(1),
  run: runId,
  workflow: z.string(),
  unit: z.string(),
  result: z.enum(runResults),
  /** Request to end, in seconds, waiting for people included. */
  cycleSeconds: z.number().min(0),
  /** Of these, waiting for people. */
  heldSeconds: z.number().min(0),
  /** Times a person had to touch it. */
  touches: z.int().min(0),
  minutesSaved: z.number(),
  /** What the run cost: people's minutes in it at the baseline's rate. */
  cost: money,
  /** Minutes saved at the baseline's rate, less the cost. */
  netValue: money,
  baselineLabel: z.string(),
  recordedAt: z.iso.datetime(),
});
export type OutcomeRow = z.infer<typeof outcomeRow>;

export const outcomeKey = (run: string) => ({ pk: `RUN#${run}`, sk: 'OUTCOME' });
