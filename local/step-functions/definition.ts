import * as z from 'zod';
import { expressionOf } from './expression.ts';

/** What one state machine definition may hold on the laptop: JSONata mode, and exactly these states and fields. */
const common = { Comment: z.string().optional(), QueryLanguage: z.literal('JSONata').optional() };
const payload = z.json();
const variable = z
  .string()
  .max(80)
  .regex(/^\p{ID_Start}\p{ID_Continue}*$/u, 'is no name for a variable')
  .refine((name) => name !== 'states', 'is a reserved name');
const results = { Output: payload.optional(), Assign: z.record(variable, payload).optional() };
const target = z.string().min(1);
const expression = z.string().refine((text) => expressionOf(text) !== undefined, 'is no JSONata expression');
const seconds = (least: number) => z.union([z.int().min(least).max(99_999_999), expression]);
export const timestamp = z.iso.datetime({ offset: true });

/** `Next` or `End`, exactly one. */
function withFlow<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject({ ...shape, Next: target.optional(), End: z.literal(true).optional() })
    .refine(
      ({ Next, End }: { Next?: unknown; End?: unknown }) => (Next === undefined) !== (End === undefined),
      'has exactly one of Next and End',
    );
}

/** A missed heartbeat is `States.Timeout` here, so what catches only the other name would never catch. */
const errorName = z
  .string()
  .min(1)
  .refine((name) => name !== 'States.HeartbeatTimeout', 'a missed heartbeat is States.Timeout');
const errorNames = z.array(errorName).min(1);
type Clause = { readonly ErrorEquals: readonly string[] };
const allComesLast = (clauses: readonly Clause[]): boolean =>
  clauses.every(
    ({ ErrorEquals }, n) =>
      !ErrorEquals.includes('States.ALL') || (ErrorEquals.length === 1 && n === clauses.length - 1),
  );
const ALL_LAST = 'States.ALL stands alone and last';
const retrier = z.strictObject({
  ErrorEquals: errorNames,
  Comment: z.string().optional(),
  IntervalSeconds: z.int().min(1).default(1),
  MaxAttempts: z.int().min(0).max(99_999_999).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().min(1).optional(),
  JitterStrategy: z.enum(['NONE', 'FULL']).default('NONE'),
});
const catcher = z.strictObject({
  ErrorEquals: errorNames,
  Comment: z.string().optional(),
  Next: target,
  ...results,
});
export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;

const task = withFlow({
  ...common,
  Type: z.literal('Task'),
  Resource: z.enum(['arn:aws:states:::lambda:invoke', 'arn:aws:states:::lambda:invoke.waitForTaskToken']),
  Arguments: z.strictObject({ FunctionName: z.string(), Payload: payload.optional() }),
  TimeoutSeconds: seconds(1).optional(),
  HeartbeatSeconds: seconds(1).optional(),
  ...results,
  Retry: z.array(retrier).refine(allComesLast, ALL_LAST).default([]),
  Catch: z.array(catcher).refine(allComesLast, ALL_LAST).default([]),
});
export type Task = z.infer<typeof task>;

const choice = z.strictObject({
  ...common,
  Type: z.literal('Choice'),
  Choices: z
    .array(
      z.strictObject({
        Comment: z.string().optional(),
        Condition: z.union([z.boolean(), expression]),
        Next: target,
        ...results,
      }),
    )
    .min(1),
  Default: target.optional(),
  ...results,
});
export type Choice = z.infer<typeof choice>;

const wait = withFlow({
  ...common,
  Type: z.literal('Wait'),
  Seconds: seconds(0).optional(),
  Timestamp: z.union([timestamp, expression]).optional(),
  ...results,
}).refine(
  ({ Seconds, Timestamp }) => (Seconds === undefined) !== (Timestamp === undefined),
  'has exactly one of Seconds and Timestamp',
);
export type Wait = z.infer<typeof wait>;

const pass = withFlow({ ...common, Type: z.literal('Pass'), ...results });
const succeed = z.strictObject({ ...common, Type: z.literal('Succeed'), Output: payload.optional() });
const fail = z.strictObject({
  ...common,
  Type: z.literal('Fail'),
  Error: z.string().optional(),
  Cause: z.string().optional(),
});
export type Fail = z.infer<typeof fail>;

export const stateTypes = {
  Task: task,
  Choice: choice,
  Wait: wait,
  Pass: pass,
  Succeed: succeed,
  Fail: fail,
};
export type State = Task | Choice | Wait | z.infer<typeof pass> | z.infer<typeof succeed> | Fail;

export const machineDefinition = z.strictObject({
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONata'),
  Version: z.literal('1.0').optional(),
  StartAt: target,
  TimeoutSeconds: z.int().min(1).optional(),
  States: z.record(z.string().min(1).max(80), z.looseObject({ Type: z.string() })),
});

export type Definition = {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number | undefined;
  readonly States: Readonly<Record<string, State>>;
};
