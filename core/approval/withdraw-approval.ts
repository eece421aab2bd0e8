import type { Change, Refusal } from '../change.ts';
import type { AgentId } from '../id.ts';
import type { ApprovalRow } from './approval.ts';
import { closeApproval, type ClosingFacts } from './close-approval.ts';

/** The requester takes a held action back: nobody needs to decide any more. Only the agent that asked may. */
export function withdrawApproval(
  facts: ClosingFacts,
  by: { readonly agent: AgentId; readonly reason?: string | undefined },
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending' | 'not-yours'> {
  if (facts.action.agent !== by.agent) {
    return { refused: 'not-yours', detail: 'another agent asked for this action' };
  }
  const actor = { kind: 'agent', id: by.agent } as const;
  const data = by.reason === undefined ? {} : { reason: by.reason };
  const detail = 'the agent took its request back';
  return closeApproval(facts, { status: 'withdrawn', detail, actor, data }, now);
}
