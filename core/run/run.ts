import * as z from 'zod';
import { actionId, name, runId, taskId } from '../id.ts';
import { currency, decimalString } from '../money.ts';
import { listIndex, openIndex, rowBase } from '../row.ts';
import type { StatusTable } from '../status.ts';

/** The life of one run of a workflow. `running → running` is its next step. */
export const runStatuses = {
  requested: ['running', 'succeeded', 'failed'],
  running: ['running', 'succeeded', 'failed'],
  succeeded: [],
  failed: [],
} as const satisfies StatusTable<string>;
export type RunStatus = keyof typeof runStatuses;

export const runBody = z.strictObject({
  workflow: name,
  /** The person it is done for. */
  requester: z.email().transform((address) => address.toLowerCase()),
  input: z.record(z.string(), z.unknown()),
});

export const runRow = z.object({
  ...rowBase,
  ...openIndex,
  ...listIndex,
  id: runId,
  workflow: z.string(),
  unit: z.string(),
  requester: z.string(),
  input: z.record(z.string(), z.unknown()),
  /** SHA-256 of the request body, so that one Idempotency-Key can't carry two requests. */
  requestDigest: z.string(),
  status: z.enum(['requested', 'running', 'succeeded', 'failed']),
  /** What it waits for now: a task an agent must do, or an action people must decide. */
  currentTask: taskId.optional(),
  awaitedAction: actionId.optional(),
  requestedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  output: z.unknown().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type RunRow = z.infer<typeof runRow>;

export const runKey = (id: string) => ({ pk: `RUN#${id}`, sk: 'RUN' });

/** What the work cost before: the yardstick every claim of value is held against. */
export const baseline = z.strictObject({
  label: z.string().min(1),
  minutesPerRequest: decimalString,
  hourlyRate: z.strictObject({ amount: decimalString, currency }),
  /** Minutes of a person's work one touch (a vote) costs. */
  minutesPerTouch: decimalString,
  owner: name,
  source: z.string().min(1),
  asOf: z.iso.date(),
});
export type Baseline = z.infer<typeof baseline>;

const machineArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]{1,80}$/,
    'arn:aws:states:<region>:<account>:stateMachine:<name>, without a version',
  );

/** A workflow: which state machine runs it, for which unit, against which baseline. */
export const workflowManifest = z.strictObject({
  kind: z.literal('Workflow'),
  id: name,
  title: z.string().min(1).max(100),
  /** Name of the file in statemachines/ without `.asl.json`; of a machine another app deployed, its ARN. */
  machine: z.union([name, machineArn]),
  /** What agents do in it, for the catalogue: the machine's states, and the capability each asks for. */
  steps: z
    .array(z.strictObject({ name: z.string().min(1).max(80), capability: name }))
    .max(100)
    .optional(),
  baseline,
});
export const workflowRow = z.object({
  ...rowBase,
  ...listIndex,
  ...workflowManifest.omit({ kind: true }).shape,
  unit: name,
  /** Set when it was pruned: it takes part in nothing new until a manifest asks for it again. */
  withdrawn: z.literal(true).optional(),
});
export type WorkflowRow = z.infer<typeof workflowRow>;
export const workflowKey = (id: string) => ({ pk: `WORKFLOW#${id}`, sk: 'WORKFLOW' });
