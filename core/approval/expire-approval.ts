import type { Change, Refusal } from '../change.ts';
import type { ApprovalRow } from './approval.ts';
import { closeApproval, type ClosingFacts } from './close-approval.ts';

/**
 * Ends an approval nobody decided in time, or nobody could be asked about. Before its deadline only the latter
 * ends it.
 */
export function expireApproval(
  facts: ClosingFacts,
  why: 'deadline' | 'unreachable',
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending' | 'too-early'> {
  const { status, expiresAt } = facts.approval;
  const actor = { kind: 'system', id: 'expire-approval' } as const;
  if (why === 'unreachable') {
    const detail = 'no approver could be reached: ask again when their addresses are right';
    return closeApproval(facts, { status: 'unreachable', detail, actor }, now);
  }
  if (status === 'pending' && now.getTime() < Date.parse(expiresAt)) {
    return { refused: 'too-early', detail: `it may be decided until ${expiresAt}` };
  }
  return closeApproval(facts, { status: 'expired', detail: 'nobody decided in time', actor }, now);
}
