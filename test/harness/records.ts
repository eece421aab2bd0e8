import type { AuditEvent } from '../../core/event.ts';
import { actionId, agentId } from '../../core/id.ts';
import type { CompiledRelease } from '../../core/policy/compile-release.ts';
import { decide, toolFor } from '../../core/policy/decide.ts';
import type { DecisionRequest } from '../../core/policy/decision.ts';
import type { RecordedDecision } from '../../core/policy/recorded-decision.ts';
import { NOW } from './facts.ts';

/** When the nth decision of a test was made: one every so many milliseconds from `NOW` on. */
export const momentOf = (n: number, everyMs = 100) => new Date(NOW.getTime() + n * everyMs).toISOString();

/** What the door records of a request under a release, as the nth of a test. */
export function recordOf(release: CompiledRelease, request: DecisionRequest, n = 0): RecordedDecision {
  const decision = decide(release, request);
  const { agent, tool, input, purpose, onBehalfOf, workflow, approvals } = request;
  const { unit, roles, stage, sponsor } = agent;
  const action = actionId.parse(`act_${String(n).padStart(12, '0')}`);
  return {
    v: 1,
    subject: `ACTION#${action}`,
    version: 1,
    at: momentOf(n),
    action,
    agent: agentId.parse(agent.id),
    tool,
    toolHash: toolFor(release, request)?.hash ?? '',
    input: input as RecordedDecision['input'],
    purpose,
    onBehalfOf,
    workflow,
    release: release.hash,
    policies: [...decision.policies],
    decided: {
      outcome: decision.outcome,
      ...(decision.outcome === 'deny' && { reason: decision.reason }),
      agent: { unit, roles: [...roles], stage, sponsor },
      approvals: [...approvals],
    },
  };
}

const types = { allow: 'action.started', hold: 'action.held', deny: 'action.denied' } as const;

/** The audit event a record is made from. */
export function eventOf(record: RecordedDecision): AuditEvent {
  const { v, toolHash, input, policies, decided, ...rest } = record;
  return {
    ...rest,
    v,
    type: types[decided.outcome],
    actor: { kind: 'agent', id: record.agent },
    data: { attempt: 0, policies, input, digest: '', toolHash, decided },
  };
}
