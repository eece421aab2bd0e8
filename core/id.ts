import * as z from 'zod';
import { digest } from './canonical-json.ts';

const suffix = '[0-9a-z]{8,64}';

/** Ids are prefixed and branded, so that a task's id can't stand where an action's is asked for. */
export const actionId = z
  .string()
  .regex(new RegExp(`^act_${suffix}$`))
  .brand<'ActionId'>();
export const approvalId = z
  .string()
  .regex(new RegExp(`^apr_${suffix}$`))
  .brand<'ApprovalId'>();
export const taskId = z
  .string()
  .regex(new RegExp(`^tsk_${suffix}$`))
  .brand<'TaskId'>();
export const runId = z
  .string()
  .regex(new RegExp(`^run_${suffix}$`))
  .brand<'RunId'>();
export const delegationId = z
  .string()
  .regex(new RegExp(`^dlg_${suffix}$`))
  .brand<'DelegationId'>();
/** Agents are named in manifests, so their id is the prefix and a readable name: `agt_procurement_act`. */
export const agentId = z
  .string()
  .regex(/^agt_[a-z0-9][a-z0-9_-]{1,62}$/)
  .brand<'AgentId'>();

export type ActionId = z.infer<typeof actionId>;
export type ApprovalId = z.infer<typeof approvalId>;
export type TaskId = z.infer<typeof taskId>;
export type RunId = z.infer<typeof runId>;
export type DelegationId = z.infer<typeof delegationId>;
export type AgentId = z.infer<typeof agentId>;

/**
 * Same scope and Idempotency-Key, same action. The scope is the task the action is part of, so that an agent which
 * takes over a task meets its predecessor's action; without a task it is the agent.
 */
export function actionIdOf(scope: AgentId | TaskId, idempotencyKey: string): ActionId {
  return actionId.parse(`act_${digest([scope, idempotencyKey]).slice(0, 32)}`);
}

/** An action is held at most once, so its approval carries the action's own suffix. */
export function approvalIdOf(action: ActionId): ApprovalId {
  return approvalId.parse(`apr_${action.slice('act_'.length)}`);
}

/** Same starter and Idempotency-Key, same run. */
export function runIdOf(starter: string, idempotencyKey: string): RunId {
  return runId.parse(`run_${digest([starter, idempotencyKey]).slice(0, 32)}`);
}

/** Same lender and Idempotency-Key, same delegation. */
export function delegationIdOf(lender: AgentId, idempotencyKey: string): DelegationId {
  return delegationId.parse(`dlg_${digest([lender, idempotencyKey]).slice(0, 32)}`);
}

/** A step runs once per visit of its state, so the task's id is the hash of run, step and visit. */
export function taskIdOf(run: RunId, step: string, visit: string): TaskId {
  return taskId.parse(`tsk_${digest([run, step, visit]).slice(0, 32)}`);
}

/** An action is a task for another agent at most once, so that task carries the action's own suffix. */
export function taskIdOfAction(action: ActionId): TaskId {
  return taskId.parse(`tsk_${action.slice('act_'.length)}`);
}

/** Names in manifests: lower-case words joined by dashes, at most 63 characters. */
export const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes');
/** A tool's name: dotted lower-case words, `erp.create_purchase_order`. */
export const toolName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/, 'words joined by dots');
