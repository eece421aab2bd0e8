import { digest } from '../canonical-json.ts';
import type { Actor, AuditEvent, EventType } from '../event.ts';
import type { ActionId, AgentId, DelegationId } from '../id.ts';
import { type ActionBody, actionKey, type ActionRow } from './action.ts';
import type { AdmissionFacts } from './admission.ts';

export type ActionRequest = { readonly id: ActionId; readonly body: ActionBody };

/** The part of a new action's row that no decision changes. Whom it acts for comes from the task's record. */
export function newActionRow(
  { agent, work, lent }: AdmissionFacts,
  { id, body }: ActionRequest,
  toolHash: string,
  now: Date,
): Omit<ActionRow, 'status'> {
  const task = work === 'missing' ? undefined : work?.task;
  const delegation = lent?.delegation;
  const handed = delegation && { via: delegation.chain, delegation: delegation.id };
  return {
    ...actionKey(id),
    v: 1,
    version: 1,
    id,
    agent: agent.id,
    agentRelease: agent.release,
    unit: agent.unit,
    tool: body.tool,
    toolHash,
    input: body.input,
    purpose: body.purpose,
    onBehalfOf: task?.onBehalfOf,
    ...handed,
    task: task?.id,
    run: task?.run,
    workflow: task?.workflow,
    requestDigest: digest(body),
    digest: approvedDigest({
      agent: agent.id,
      onBehalfOf: task?.onBehalfOf,
      tool: body.tool,
      toolHash,
      input: body.input,
      ...handed,
    }),
    release: '',
    policies: [],
    attempt: 0,
    requestedAt: now.toISOString(),
  };
}

/** What an approver approves: exactly this agent, for this person, via these agents, with this tool and this input. */
export function approvedDigest(action: {
  readonly agent: AgentId;
  readonly onBehalfOf?: string | undefined;
  readonly tool: string;
  readonly toolHash: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly via?: readonly AgentId[] | undefined;
  readonly delegation?: DelegationId | undefined;
}): string {
  const { agent, onBehalfOf = null, tool, toolHash, input, via, delegation } = action;
  const handed = via !== undefined && { via, delegation };
  return digest({ agent, onBehalfOf, tool, toolHash, input, ...handed });
}

/** The event of an action's new version. */
export function actionEvent(
  row: ActionRow,
  type: EventType & `action.${string}`,
  by: { readonly actor: Actor; readonly now: Date; readonly data?: Readonly<Record<string, unknown>> },
): AuditEvent {
  const { agent, unit, onBehalfOf, via, delegation, purpose, tool, workflow } = row;
  const { approval, run, task, release } = row;
  return {
    v: 1,
    subject: row.pk,
    version: row.version,
    type,
    at: by.now.toISOString(),
    actor: by.actor,
    agent,
    unit,
    onBehalfOf,
    via,
    delegation,
    purpose,
    tool,
    workflow,
    action: row.id,
    approval,
    run,
    task,
    release,
    data: { attempt: row.attempt, policies: row.policies, ...by.data },
  };
}

/** An agent's own act. */
export const byAgent = (id: AgentId, now: Date) => ({ actor: { kind: 'agent', id } as const, now });
/** What a function did by itself: a step of a machine, a sweep. */
export const bySystem = (id: string, now: Date) => ({ actor: { kind: 'system', id } as const, now });
