import * as z from 'zod';
import { SYSTEM_AGENT } from '../agent/agent.ts';
import { vote } from '../approval/approval.ts';
import { digest } from '../canonical-json.ts';
import { actor } from '../event.ts';
import { BUILT_IN } from '../governance/tool.ts';
import { actionId, type ActionId, actionIdOf, agentId, approvalId, toolName } from '../id.ts';
import { currency, decimalString, toTenThousandths } from '../money.ts';
import { listIndex, rowBase } from '../row.ts';
import type { ActionRow } from './action.ts';

/** Makes a standing grant once those who may lift its guard agreed. */
export const GRANT_STANDING = `${BUILT_IN}grant_standing`;
/** The longest a grant stands, and the most uses one may have. */
export const GRANT_DAYS = 90;
export const MOST_USES = 10_000;

const scalar = z.union([z.string().max(500), z.number(), z.boolean()]);

/** What a field of the input may be; each part that is named must hold, and a field that is not there fits none. */
export const limit = z
  .strictObject({
    /** The very value: `"1200"` is not `"1200.00"`. */
    equals: scalar.optional(),
    oneOf: z.array(scalar).min(1).max(100).optional(),
    /** A decimal as a string, or a whole number, from 0 to this, compared exactly. */
    max: decimalString.optional(),
  })
  .refine((parts) => Object.keys(parts).length > 0, 'say equals, oneOf or max');
export type Limit = z.infer<typeof limit>;

const total = decimalString
  .refine((text) => toTenThousandths(text) > 0n, 'more than nothing')
  .refine((text) => toTenThousandths(text) <= 10n ** 15n, 'at most 100000000000');

/** What is granted: this agent may use this tool, within the limits, without asking those who lift this guard. */
export const grantTerms = z.strictObject({
  /** Id of the guard, as the release in force has it. */
  guard: z.string().min(1).max(200),
  agent: agentId,
  tool: toolName,
  /** By field of the input; a field that is not named may hold anything. */
  limits: z
    .record(z.string().min(1).max(128), limit)
    .refine((all) => Object.keys(all).length <= 50, 'at most 50 fields'),
  count: z.int().min(1).max(MOST_USES),
  /** What all uses together may move, in the one currency it is good for. */
  money: z.strictObject({ total, currency }).optional(),
  until: z.iso.datetime(),
  /** Why, for those who decide. */
  reason: z.string().trim().min(1).max(500),
});
export type GrantTerms = z.infer<typeof grantTerms>;

/** What people are asked to agree to: the terms, and the guard and tool as they were when it was asked. */
export const grantInput = grantTerms.extend({
  unit: z.string(),
  toolHash: z.string(),
  /** Names the guard's whole policy, its condition included. */
  guardHash: z.string(),
  requestedBy: z.string(),
  /** Persons who must not decide about it: the agent's sponsor, and who asked as far as that is known. */
  keepOut: z.array(z.string()),
});
export type GrantInput = z.infer<typeof grantInput>;

export const grantId = z
  .string()
  .regex(/^grt_[0-9a-f]{32}$/)
  .brand<'GrantId'>();
export type GrantId = z.infer<typeof grantId>;

export const grantRow = z.object({
  ...rowBase,
  ...listIndex,
  ...grantInput.shape,
  id: grantId,
  /** The guard's title. */
  title: z.string(),
  /** The request that was agreed to. */
  action: actionId,
  approval: approvalId,
  /** Who agreed, and since when they were asked: judged anew at each use. */
  votes: z.array(vote),
  openedAt: z.iso.datetime(),
  hastenedSeconds: z.int().min(0).optional(),
  madeAt: z.iso.datetime(),
  revoked: z.object({ by: actor, at: z.iso.datetime(), reason: z.string() }).optional(),
});
export type GrantRow = z.infer<typeof grantRow>;

/** What was used of a grant: outside its versions, since the events of the actions tell of each use. */
export const usesRow = z.object({
  pk: z.string(),
  sk: z.literal('USES'),
  v: z.literal(1),
  uses: z.int().min(0),
  /** In ten-thousandths of the grant's currency. */
  spent: z.int().min(0),
});
export type UsesRow = z.infer<typeof usesRow>;

export const grantKey = (id: string) => ({ pk: `GRANT#${id}`, sk: 'GRANT' });
export const usesKey = (id: string) => ({ pk: `GRANT#${id}`, sk: 'USES' });

/** One grant at most for an agent, a tool and a guard: a later one takes its place. */
export function grantIdOf({ agent, tool, guard }: Pick<GrantTerms, 'agent' | 'tool' | 'guard'>): GrantId {
  return grantId.parse(`grt_${digest([agent, tool, guard]).slice(0, 32)}`);
}

/** Whether an action is the system's own request for a grant; no agent can ask for one. */
export const isGrantRequest = ({ agent, tool }: Pick<ActionRow, 'agent' | 'tool'>): boolean =>
  agent === SYSTEM_AGENT && tool === GRANT_STANDING;

/** The n-th time that the same is asked for; so asking again meets the request that waits. */
export const grantRequestIdOf = (input: GrantInput, n: number): ActionId =>
  actionIdOf(SYSTEM_AGENT, `grant.${digest(input)}.${n}`);
