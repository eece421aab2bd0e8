import * as z from 'zod';

/** What a team may set for a stage; anything else is refused. */
const settings = z.strictObject({
  /** Sender of approval mails. */
  mailFrom: z.email(),
  /** Whether SES learns of mailFrom by this deployment, or knows it or its domain already. */
  mailIdentity: z.enum(['create', 'exists']),
  /** Approval mails a person gets in an hour before the rest comes as a digest. */
  mailsPerHour: z.int().min(1).max(10_000),
  /** Minutes an approval may wait for its use; an action that starts later ends without effect. */
  approvalLapseMinutes: z.int().min(1).max(1440),
  /** Who is told of alarms; nobody when absent. */
  alarmMail: z.email().optional(),
  logRetentionDays: z.literal([7, 30, 90, 365, 731]),
  /** How long decisions are kept for replay. */
  decisionDays: z.int().min(1).max(3650),
  /** Keeps tables, keys and logs when the stacks go, and refuses to delete the tables. Releases always stay. */
  keepData: z.boolean(),
  throttle: z.strictObject({ ratePerSecond: z.int().min(1), burst: z.int().min(1) }),
  /** Concurrency kept for the door over HTTP; new accounts refuse any. */
  doorConcurrency: z.int().min(1).optional(),
  /** The OpenID Connect provider approvers may sign in to their inbox with; codes by e-mail alone when absent. */
  oidcIssuer: z.url({ protocol: /^https$/ }).optional(),
  oidcClientId: z.string().min(1).max(256).optional(),
  /** Name of the Secrets Manager secret that holds the client's secret; a public client with PKCE when absent. */
  oidcClientSecret: z.string().min(1).max(512).optional(),
  /** Name of the Secrets Manager secret that holds the Slack app's botToken and signingSecret; no Slack when absent. */
  slackSecret: z
    .string()
    .regex(/^[\w/+=.@-]{1,512}$/)
    .optional(),
  /** The gravest severity that may be decided by a button in Slack. */
  slackCeiling: z.enum(['low', 'medium', 'high', 'critical']),
  /** Slack's API; plain http is for a stand-in on this machine alone. No trailing slash. */
  slackApiUrl: z
    .string()
    .regex(/^(https:\/\/[\w.-]+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?(\/[\w-]+)*$/),
  /** Whether tools may be on the machine itself, http included: for a laptop alone. */
  loopbackTools: z.boolean(),
  /** Deploys the reference ERP of the procurement pilot. */
  pilot: z.boolean(),
});
export type Settings = z.infer<typeof settings> & { readonly stage: string };
export const settingNames: readonly string[] = Object.keys(settings.shape);
export type Overrides = Readonly<Record<string, unknown>>;

/** What differs between stages; nothing else does. */
const stages: Readonly<Record<string, z.input<typeof settings>>> = {
  dev: {
    mailFrom: 'approvals@example.com',
    mailIdentity: 'create',
    mailsPerHour: 30,
    approvalLapseMinutes: 15,
    logRetentionDays: 7,
    decisionDays: 90,
    keepData: false,
    throttle: { ratePerSecond: 200, burst: 400 },
    slackCeiling: 'medium',
    slackApiUrl: 'https://slack.com/api',
    loopbackTools: true,
    pilot: false,
  },
  prod: {
    mailFrom: 'approvals@example.com',
    mailIdentity: 'create',
    mailsPerHour: 30,
    approvalLapseMinutes: 15,
    logRetentionDays: 365,
    decisionDays: 90,
    keepData: true,
    throttle: { ratePerSecond: 500, burst: 1000 },
    slackCeiling: 'medium',
    slackApiUrl: 'https://slack.com/api',
    loopbackTools: false,
    pilot: false,
  },
};
export const stageNames: readonly string[] = Object.keys(stages);

/** A setting that can't be used; the message is one line that names it and says why. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** The settings of a stage with what the caller overrides. Throws `SettingsError`. */
export function readSettings(stage: string, overrides: Overrides = {}): Settings {
  const defaults = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (!defaults) throw new SettingsError(`stage ${stage} is not known: use one of ${stageNames.join(', ')}`);
  const parsed = settings.refine(namesWholeClient, wholeClient).safeParse({ ...defaults, ...overrides });
  if (parsed.success) return { ...parsed.data, stage };
  throw new SettingsError(`settings of stage ${stage}: ${parsed.error.issues.map(explain).join('; ')}`);
}

const wholeClient = { message: 'set oidcIssuer and oidcClientId together', path: ['oidcIssuer'] };

const namesWholeClient = ({ oidcIssuer, oidcClientId, oidcClientSecret }: z.infer<typeof settings>) =>
  (oidcIssuer === undefined) === (oidcClientId === undefined) &&
  (oidcClientSecret === undefined || oidcIssuer !== undefined);

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `${issue.keys.join(', ')}: no such setting, there are ${settingNames.join(', ')}`;
  }
  return `${issue.path.join('.')}: ${issue.message}`;
}
