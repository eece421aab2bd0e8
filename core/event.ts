import * as z from 'zod';
import { actionId, agentId, approvalId, delegationId, runId, taskId } from './id.ts';

/** Everything that can happen. The audit log holds one event per version of its subject. */
export const eventTypes = [
  'action.denied',
  'action.held',
  'action.started',
  'action.resumed',
  'action.succeeded',
  'action.failed',
  'action.unknown',
  'action.rejected',
  'action.expired',
  'action.withdrawn',
  'action.unreachable',
  'action.superseded',
  'approval.opened',
  'approval.requested',
  'approval.voted',
  'approval.approved',
  'approval.denied',
  'approval.expired',
  'approval.withdrawn',
  'approval.unreachable',
  'approval.superseded',
  'approval.bounced',
  'approval.questioned',
  'approval.answered',
  'chat.asked',
  'chat.posted',
  'run.requested',
  'run.waiting',
  'run.finished',
  'run.failed',
  'task.opened',
  'task.claimed',
  'task.completed',
  'task.failed',
  'task.expired',
  'outcome.recorded',
  'token.issued',
  'refusals.counted',
  'agent.registered',
  'agent.changed',
  'agent.suspended',
  'agent.reminded',
  'agent.key-revoked',
  'agent.tokens-revoked',
  'tokens.revoked',
  'delegation.made',
  'delegation.revoked',
  'person.changed',
  'person.stand-in',
  'person.code-sent',
  'person.code-refused',
  'person.code-used',
  'person.signed-in',
  'person.signed-out',
  'group.changed',
  'unit.changed',
  'workflow.changed',
  'administrators.changed',
  'council.changed',
  'grant.made',
  'grant.revoked',
  'release.published',
  'release.activated',
  'release.shadowed',
  'release.unshadowed',
  'switch.engaged',
  'switch.contained',
  'switch.restore-requested',
  'switch.restored',
] as const;
export const eventType = z.enum(eventTypes);
export type EventType = z.infer<typeof eventType>;

/** Who did it. `administrator` is an IAM ARN, `system` the function that acted by itself (a timer, a sweep). */
export const actor = z.object({
  kind: z.enum(['agent', 'person', 'administrator', 'system']),
  id: z.string().min(1),
});
export type Actor = z.infer<typeof actor>;

/**
 * One thing that happened: who, what, when, why, on whose behalf. `subject` is the partition key of the row it
 * changed and `version` that row's version after it, so a gap in versions shows a missing event.
 */
export const auditEvent = z.object({
  v: z.literal(1),
  subject: z.string(),
  version: z.int().min(1),
  type: eventType,
  at: z.iso.datetime(),
  actor,
  agent: agentId.optional(),
  unit: z.string().optional(),
  onBehalfOf: z.string().optional(),
  /** The agents whose rights the acting one leaned on besides its own, first lender first, and by which delegation. */
  via: z.array(agentId).optional(),
  delegation: delegationId.optional(),
  purpose: z.string().optional(),
  tool: z.string().optional(),
  workflow: z.string().optional(),
  action: actionId.optional(),
  approval: approvalId.optional(),
  run: runId.optional(),
  task: taskId.optional(),
  release: z.string().optional(),
  decision: z.enum(['allow', 'hold', 'deny']).optional(),
  /** What else the event's type has to say; plain JSON, no secret, no link, no task token. */
  data: z.record(z.string(), z.unknown()),
});
export type AuditEvent = z.infer<typeof auditEvent>;
