import * as z from 'zod';
import { digest } from '../canonical-json.ts';
import { name, toolName } from '../id.ts';
import { decimalString } from '../money.ts';
import { toolConnector } from './tool-connector.ts';

/** Seconds a tool may take for the door itself to wait for its answer. */
export const DOOR_SECONDS = 20;

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
  connector: toolConnector,
  input: jsonSchema,
  output: jsonSchema.optional(),
  /** Input fields holding a decimal amount and its currency; policy sees it as `context.amount` by the rates in force. */
  amount: z.strictObject({ value: z.string(), currency: z.string() }).optional(),
  /** Above `DOOR_SECONDS` the door answers 202 and the executor makes the call. */
  timeoutSeconds: z.int().min(1).max(300).default(10),
  /** What one call costs us, in the currency rules see amounts in: fixed, or so much for each of an input field. */
  cost: z.union([decimalString, z.strictObject({ each: decimalString, of: z.string() })]).optional(),
  /** The team's own name for this state of it; what counts is the hash of the definition. */
  version: z.string().min(1).max(64).optional(),
  /** The person who answers for it. */
  owner: name.optional(),
  /** What its data is, for policies: `resource.classification`. */
  classification: z.enum(['public', 'internal', 'confidential', 'restricted']).optional(),
  /** `pilot` tools are for agents in pilot; `retired` ones for nobody. */
  stage: z.enum(['pilot', 'production', 'retired']).optional(),
  /** How often a `read` or `keyed` call is made at most. @default 3 */
  attempts: z.int().min(1).max(5).optional(),
  /** Calls a minute by everyone together; best effort. */
  callsPerMinute: z.int().min(1).max(100_000).optional(),
  /** The tool that undoes what this one did. */
  compensation: toolName.optional(),
  /** The `read` tool that shows an approver what is there now, given the same input. */
  preview: toolName.optional(),
  /** The `read` tool that tells, given `{action, input}`, what became of a call whose answer was lost. */
  reconcile: toolName.optional(),
  /** The definition it was imported from: while the one found there has another hash, the tool is in quarantine. */
  upstream: z
    .strictObject({
      kind: z.enum(['openapi', 'mcp']),
      url: z.url({ protocol: /^https?$/ }),
      /** `METHOD /path` or the tool's name there. */
      operation: z.string().min(1).max(1200),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .optional(),
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
