import * as z from 'zod';
import { reserved } from '../budget/budget.ts';
import { agentRelease } from '../agent/agent-release.ts';
import { actionId, agentId, approvalId, delegationId, runId, taskId } from '../id.ts';
import { guard } from '../policy/decision.ts';
import { listIndex, openIndex, rowBase } from '../row.ts';
import type { StatusTable } from '../status.ts';

/** The life of one governed action. `started → started` is a resumption under a new attempt. */
export const actionStatuses = {
  held: ['started', 'denied', 'rejected', 'expired', 'withdrawn', 'unreachable', 'superseded'],
  started: ['started', 'succeeded', 'failed', 'unknown'],
  unknown: ['succeeded', 'failed'],
  denied: [],
  rejected: [],
  expired: [],
  withdrawn: [],
  unreachable: [],
  superseded: [],
  succeeded: [],
  failed: [],
} as const satisfies StatusTable<string>;
export type ActionStatus = keyof typeof actionStatuses;

/** What an agent asks for at the door. Whom it acts for is never its own claim. */
export const actionBody = z.strictObject({
  tool: z.string().min(1).max(128),
  input: z.record(z.string(), z.unknown()),
  /** Why, in the agent's words. */
  purpose: z.string().trim().min(1).max(1000),
  task: taskId.optional(),
});
export type ActionBody = z.infer<typeof actionBody>;

const shadowed = z.object({
  release: z.string(),
  /** How it differs: `deny-to-allow`, `hold-otherwise`, … */
  kind: z.string(),
  outcome: z.enum(['allow', 'hold', 'deny']),
  reason: z.string().optional(),
  policies: z.array(z.string()),
  asks: z.array(z.string()).optional(),
});
export type Shadowed = z.infer<typeof shadowed>;

const askedAbout = {
  unit: z.string(),
  roles: z.array(z.string()),
  stage: z.string(),
  sponsor: z.string(),
};

/** What the policy engine answered, and what it was asked besides the row's own fields: enough to ask it again. */
export const decided = z.object({
  /** The engine's own answer; an obstacle of the agent may have denied what it allowed. */
  outcome: z.enum(['allow', 'hold', 'deny']),
  /** Why it denied, as a code. */
  reason: z.string().optional(),
  agent: z.object(askedAbout),
  /** The agents that lent the acting one their say: the same was asked of each. */
  links: z.array(z.object({ id: agentId, ...askedAbout })).optional(),
  /** Guards the votes had lifted. */
  approvals: z.array(z.string()),
  /** What a release in the shadow of the one in force would have decided otherwise; without effect. */
  shadow: shadowed.optional(),
});
export type Decided = z.infer<typeof decided>;

export const actionRow = z.object({
  ...rowBase,
  ...openIndex,
  ...listIndex,
  id: actionId,
  agent: agentId,
  unit: z.string(),
  tool: z.string(),
  /** Hash of the tool's definition in the release that decided. */
  toolHash: z.string(),
  /** What the agent was made of when it asked. */
  agentRelease: agentRelease.optional(),
  input: z.record(z.string(), z.unknown()),
  /** The input as people and the log see it, where its tool's schema marks something as sensitive. */
  shown: z.record(z.string(), z.unknown()).optional(),
  purpose: z.string(),
  /** E-mail address of the person the run acts for, from the run's record. */
  onBehalfOf: z.string().optional(),
  /** The agents that lent the acting one what they may, first lender first, and by which delegation. */
  via: z.array(agentId).optional(),
  delegation: delegationId.optional(),
  task: taskId.optional(),
  run: runId.optional(),
  workflow: z.string().optional(),
  /** SHA-256 of the request body, so that one Idempotency-Key can't carry two requests. */
  requestDigest: z.string(),
  /** SHA-256 over agent, on whose behalf, via whom, tool with hash, and input: what an approver approves. */
  digest: z.string(),
  status: z.enum([
    'held',
    'started',
    'unknown',
    'denied',
    'rejected',
    'expired',
    'withdrawn',
    'unreachable',
    'superseded',
    'succeeded',
    'failed',
  ]),
  release: z.string(),
  policies: z.array(z.string()),
  /** Of the latest decision, like `release` and `policies`; rows from before it was recorded have none. */
  decided: decided.optional(),
  guards: z.array(guard).optional(),
  /** The tool that shows who decides what is there now, where the held action's tool names one. */
  preview: z.string().optional(),
  approval: approvalId.optional(),
  /** What it took of budgets when it started; given back when its call had no effect. */
  reserved: reserved.optional(),
  /** Seconds the tool may take, where that is longer than the door waits: then the executor makes the call. */
  callSeconds: z.int().optional(),
  /** The executor has not taken it up yet: nothing was called. */
  queued: z.literal(true).optional(),
  /** Counts the starts; the fence against a late answer of an earlier attempt. */
  attempt: z.int().min(0),
  requestedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  settledAt: z.iso.datetime().optional(),
  durationMs: z.int().optional(),
  output: z.unknown().optional(),
  /** Why it was denied or how it failed; shown to the agent. */
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type ActionRow = z.infer<typeof actionRow>;

/** The input as it may be shown. */
export const shownOf = ({ input, shown }: Pick<ActionRow, 'input' | 'shown'>) => shown ?? input;

export const actionKey = (id: string) => ({ pk: `ACTION#${id}`, sk: 'ACTION' });

/** Statuses in which nobody waits for the action any more; `unknown` may still be settled by a person. */
export const settledStatuses: readonly ActionStatus[] = [
  'denied',
  'rejected',
  'expired',
  'withdrawn',
  'unreachable',
  'superseded',
  'succeeded',
  'failed',
  'unknown',
];
