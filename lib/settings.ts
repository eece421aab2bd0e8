import * as z from 'zod';

/** What differs between stages; nothing else does. Unknown settings are refused. */
export const settings = z.strictObject({
  stage: z.string().regex(/^[a-z][a-z0-9]{1,15}$/, 'two to sixteen lower-case letters and digits'),
  /** Sender of approval mails; SES must know it (docs/deploy.md). */
  mailFrom: z.email(),
  /** Who is told of alarms; nobody when absent. */
  alarmMail: z.email().optional(),
  logRetentionDays: z.union([z.literal(7), z.literal(30), z.literal(90), z.literal(365), z.literal(731)]),
  /** Keeps tables, keys and releases when the stacks go, and refuses their deletion. */
  keepData: z.boolean(),
  throttle: z.strictObject({ ratePerSecond: z.int().min(1), burst: z.int().min(1) }),
  /** Concurrency kept for the door; new accounts refuse any. */
  doorConcurrency: z.int().min(1).optional(),
  /** Deploys the reference ERP of the procurement pilot. */
  pilot: z.boolean(),
});
export type Settings = z.infer<typeof settings>;

const stages: Readonly<Record<string, z.input<typeof settings>>> = {
  dev: {
    stage: 'dev',
    mailFrom: 'approvals@example.com',
    logRetentionDays: 7,
    keepData: false,
    throttle: { ratePerSecond: 200, burst: 400 },
    pilot: false,
  },
  prod: {
    stage: 'prod',
    mailFrom: 'approvals@example.com',
    logRetentionDays: 365,
    keepData: true,
    throttle: { ratePerSecond: 500, burst: 1000 },
    pilot: false,
  },
};

/** The settings of a stage, with what the caller overrides; throws one line that names the setting and the reason. */
export function readSettings(stage: string, overrides: Readonly<Record<string, unknown>> = {}): Settings {
  const known = stages[stage];
  if (!known) throw new Error(`stage ${stage} is not known: use one of ${Object.keys(stages).join(', ')}`);
  const parsed = settings.safeParse({ ...known, ...overrides });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `settings of stage ${stage}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
  );
}
