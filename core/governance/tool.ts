import * as z from 'zod';
import { digest } from '../canonical-json.ts';
import { name, toolName } from '../id.ts';
import { decimalString } from '../money.ts';

/** A system tools reach: where it is, which hosts are allowed and which secret opens it. Only the centre makes systems. */
export const systemManifest = z.strictObject({
  kind: z.literal('System'),
  id: name,
  title: z.string().min(1).max(100),
  /** Where HTTP tools of this system are; its host is the allow-list. `http:` is for loopback alone. */
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** How requests authenticate: the value of this Secrets Manager secret as a bearer token. */
  bearerSecret: z.string().min(1).max(512).optional(),
});
export type System = Omit<z.infer<typeof systemManifest>, 'kind'>;

const httpConnector = z.strictObject({
  type: z.literal('http'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** Path below the system's baseUrl; `{field}` is replaced by that input field, percent-encoded. */
  path: z.string().startsWith('/').max(1024),
  /** Input fields sent in the query; the rest is the JSON body (none for GET and DELETE: all go in the query). */
  query: z.array(z.string()).default([]),
});

const lambdaConnector = z.strictObject({
  type: z.literal('lambda'),
  functionArn: z.string().regex(/^arn:aws[a-z-]*:lambda:/),
});

/** A JSON Schema object; what of it policy can see is decided when a release is built. */
export const jsonSchema = z.record(z.string(), z.unknown());

/** How the tools of the system itself begin; no manifest's may. */
export const BUILT_IN = 'autonomy.';
/** Puts a release in force once the council agreed. */
export const ACTIVATE_RELEASE = `${BUILT_IN}activate_release`;

/**
 * One operation of a system that agents may call. `effect`: `read` may be retried freely; `keyed` may be retried
 * with the action id as the downstream idempotency key; `at-most-once` is never retried by itself.
 */
export const toolManifest = z.strictObject({
  kind: z.literal('Tool'),
  name: toolName,
  title: z.string().min(1).max(200),
  description: z.string().max(4000).default(''),
  system: name,
  /** `shared` tools serve every unit; otherwise the unit's own agents only. */
  shared: z.boolean().default(false),
  effect: z.enum(['read', 'keyed', 'at-most-once']),
  /** Cedar action groups: `read`, `write`, `payment`, `destructive`, … */
  groups: z.array(name).min(1),
  connector: z.discriminatedUnion('type', [httpConnector, lambdaConnector]),
  input: jsonSchema,
  output: jsonSchema.optional(),
  /** Input fields holding a decimal amount and its currency; policy sees it as `context.amount` by the rates in force. */
  amount: z.strictObject({ value: z.string(), currency: z.string() }).optional(),
  timeoutSeconds: z.int().min(1).max(20).default(10),
  /** What one call costs us, in the currency of the unit. */
  cost: decimalString.optional(),
});
export type ToolManifest = Omit<z.infer<typeof toolManifest>, 'kind'>;

/** The centre's word that a unit's tool is what it says: its effect and groups. Without it the tool is unreviewed. */
export const toolReviewManifest = z.strictObject({
  kind: z.literal('ToolReview'),
  tool: toolName,
  effect: z.enum(['read', 'keyed', 'at-most-once']),
  groups: z.array(name).min(1),
  /** The definition that was reviewed, by its hash: another one is unreviewed. `autonomy plan` names it. */
  definition: z.string().regex(/^[0-9a-f]{64}$/, 'the 64 hexadecimal digits `autonomy plan` names'),
});

/** Names a tool's definition: everything its manifest says, and whose it is. */
export const toolHash = (tool: ToolManifest, unit: string): string => digest({ ...tool, unit });

/** A tool as a release pins it: its manifest, the layer that owns it, the hash of its definition, and the review. */
export type Tool = ToolManifest & {
  readonly unit: string;
  readonly hash: string;
  /** Whether the centre confirmed effect and groups; a central rule stops unreviewed tools. */
  readonly reviewed: boolean;
};
