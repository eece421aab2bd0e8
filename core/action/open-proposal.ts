import { agentKey, type AgentRow, SYSTEM_AGENT } from '../agent/agent.ts';
import { approvalOf } from '../approval/approval.ts';
import { digest } from '../canonical-json.ts';
import type { Change } from '../change.ts';
import type { Actor, AuditEvent } from '../event.ts';
import { COE } from '../governance/manifest.ts';
import { ACTIVATE_RELEASE } from '../governance/tool.ts';
import type { ActionId } from '../id.ts';
import type { Guard } from '../policy/decision.ts';
import { actionKey, type ActionRow } from './action.ts';
import { actionEvent, approvedDigest } from './action-row.ts';
import type { ProposalInput } from './proposal.ts';

/**
 * Asks the council: an action of the system itself, held like any other until enough people agree. Nothing comes into
 * force by it.
 */
export function openProposal(
  facts: { readonly systemAgent: 'known' | 'missing'; readonly guard: Guard },
  proposal: { readonly id: ActionId; readonly input: ProposalInput },
  by: { readonly actor: Actor; readonly now: Date },
): Change<ActionRow> {
  const { input } = proposal;
  const purpose = `${input.proposedBy} applied governance; it comes into force when the council agrees`;
  const own = { ...proposal, tool: ACTIVATE_RELEASE, unit: COE, release: input.before, purpose };
  return openOwn(facts, own, by);
}

/** What the system itself asks for, by one of its own tools. */
type OwnRequest = Pick<ActionRow, 'id' | 'tool' | 'input' | 'unit' | 'release' | 'purpose'>;

/** Opens an action of the system itself that is held by this guard, and nothing else. */
export function openOwn(
  facts: { readonly systemAgent: 'known' | 'missing'; readonly guard: Guard },
  own: OwnRequest,
  by: { readonly actor: Actor; readonly now: Date },
): Change<ActionRow> {
  const held = heldRow(own, facts.guard, by.now);
  const opened = approvalOf(held, [facts.guard], by.now);
  const row: ActionRow = { ...held, approval: opened.row.id };
  const { input, digest } = row;
  const event = actionEvent(row, 'action.held', { ...by, data: { guards: [facts.guard.id], input, digest } });
  const agent = facts.systemAgent === 'missing' ? registerSystem(by.now) : { writes: [], events: [] };
  return {
    writes: [{ kind: 'create', row }, { kind: 'create', row: opened.row }, ...agent.writes],
    events: [{ ...event, decision: 'hold' }, opened.event, ...agent.events],
    result: row,
  };
}

function heldRow({ id, tool, input, ...own }: OwnRequest, guard: Guard, now: Date): ActionRow {
  const asked = { agent: SYSTEM_AGENT, tool, toolHash: '', input };
  const at = now.toISOString();
  return {
    ...actionKey(id),
    v: 1,
    version: 1,
    id,
    ...asked,
    unit: own.unit,
    purpose: own.purpose,
    requestDigest: digest(input),
    digest: approvedDigest(asked),
    status: 'held',
    release: own.release,
    policies: [],
    guards: [guard],
    attempt: 0,
    requestedAt: at,
    openKind: 'HELD',
    openSince: at,
  };
}

/** It has neither keys, workloads nor a gate and stands in no list: it proposes, and can do nothing else. */
function registerSystem(now: Date) {
  const row: AgentRow = {
    ...agentKey(SYSTEM_AGENT),
    v: 1,
    version: 1,
    id: SYSTEM_AGENT,
    name: 'Autonomy OS',
    sponsor: 'autonomy',
    purpose: 'Puts rules in force that the council agreed to',
    roles: [],
    capabilities: [],
    stage: 'production',
    keys: [],
    workloads: [],
    dailyActions: 1,
    maxTasks: 1,
    unit: COE,
    revokedKeys: [],
  };
  const event: AuditEvent = {
    v: 1,
    subject: row.pk,
    version: 1,
    type: 'agent.registered',
    at: now.toISOString(),
    actor: { kind: 'system', id: 'apply' },
    unit: COE,
    data: { id: SYSTEM_AGENT },
  };
  return { writes: [{ kind: 'create' as const, row }], events: [event] };
}
