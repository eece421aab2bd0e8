import * as z from 'zod';
import { Fault } from '../../core/fault.ts';

const stage = { STAGE: z.string().min(1), POWERTOOLS_SERVICE_NAME: z.string().min(1) };
const tables = { REGISTRY_TABLE: z.string().min(1), AUDIT_TABLE: z.string().min(1) };
/** The API's own address: issuer of tokens, root of approval links. No trailing slash. */
const api = { API_URL: z.url() };
const tokenKey = { TOKEN_KEY_ID: z.string().min(1) };
/** The sender of mails that are heard of when they come back. */
const mails = { MAIL_FROM: z.email(), MAIL_CONFIGURATION_SET: z.string().min(1) };
const releases = { RELEASES_BUCKET: z.string().min(1) };
/** Whether tools may be on the function's own machine: on a laptop alone. */
const tools = { LOOPBACK_TOOLS: z.enum(['allowed', 'refused']) };
/** JSON object: ceiling, apiUrl and, for a company with a Slack app, the name of the app's secret. */
const slack = { SLACK: z.string().min(2) };
const writes = { ...stage, ...tables };

/** What each function finds in its environment; `lib/` must set exactly these, and nothing else is read. */
export const environments = {
  token: z.object({ ...writes, ...api, ...tokenKey }),
  actions: z.object({ ...writes, ...api, ...tokenKey, ...releases, ...tools }),
  mcp: z.object({ ...writes, ...api, ...tokenKey, ...releases, ...tools }),
  'execute-action': z.object({
    ...writes,
    ...releases,
    ...tools,
    /** Minutes an approval may wait for its use. */
    APPROVAL_LAPSE_MINUTES: z.string().regex(/^[1-9]\d{0,3}$/),
  }),
  'await-action': z.object(writes),
  'request-approval': z.object({
    ...writes,
    ...api,
    ...mails,
    /** Approval mails a person gets in an hour before the rest comes as a digest. */
    MAILS_PER_HOUR: z.string().regex(/^[1-9]\d{0,4}$/),
  }),
  'mail-trouble': z.object(writes),
  'mail-digests': z.object({ ...stage, ...api, ...mails, REGISTRY_TABLE: z.string().min(1) }),
  'expire-approval': z.object(writes),
  'review-held': z.object({ ...writes, ...releases }),
  'approval-page': z.object({ ...writes, ...api, ...releases }),
  inbox: z.object({
    ...writes,
    ...api,
    ...releases,
    MAIL_FROM: z.email(),
    /** JSON object: issuer, clientId and, for a client with one, the name of its secret; `{}` when there is none. */
    OIDC: z.string().min(2),
  }),
  slack: z.object({ ...writes, ...slack }),
  'tell-slack': z.object({ ...writes, ...api, ...slack }),
  approvals: z.object({ ...stage, REGISTRY_TABLE: z.string().min(1) }),
  'assign-task': z.object(writes),
  tasks: z.object({ ...writes, ...api, ...tokenKey }),
  runs: z.object(writes),
  'finish-run': z.object(writes),
  switches: z.object(writes),
  'contain-switches': z.object(writes),
  apply: z.object({ ...writes, ...releases }),
  'watch-certifications': z.object({ ...writes, MAIL_FROM: z.email() }),
  'watch-tools': z.object({ ...writes, ...releases, ...tools }),
  'audit-events': z.object({ ...stage, AUDIT_TABLE: z.string().min(1) }),
  relay: z.object({
    ...stage,
    ...releases,
    REGISTRY_TABLE: z.string().min(1),
    EVENT_BUS_NAME: z.string().min(1),
    APPROVAL_MACHINE_ARN: z.string().min(1),
    /** JSON object: machine name → state machine ARN. */
    WORKFLOW_MACHINE_ARNS: z.string().min(2),
  }),
  reconcile: z.object({
    ...writes,
    APPROVAL_MACHINE_ARN: z.string().min(1),
    WORKFLOW_MACHINE_ARNS: z.string().min(2),
    EXECUTE_ACTION_ARN: z.string().min(1),
  }),
} as const satisfies Record<string, z.ZodObject>;

export type FunctionName = keyof typeof environments;
export type Environment<F extends FunctionName> = z.infer<(typeof environments)[F]>;

/** Reads one function's contract from its environment; names every missing setting. */
export function readEnvironment<F extends FunctionName>(
  name: F,
  source: Readonly<Record<string, string | undefined>>,
): Environment<F> {
  const parsed = environments[name].safeParse(source);
  if (parsed.success) return parsed.data as Environment<F>;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Fault('SettingsInvalid', `${name}: set these environment variables: ${fields}`);
}
