import type { ActionRow } from '../action/action.ts';
import type { Change, Refusal } from '../change.ts';
import { priorsOf } from '../status.ts';
import { approvalEvent, type ApprovalRow, approvalStatuses } from './approval.ts';
import { closeAction } from './close-action.ts';

/**
 * Ends an approval nobody decided in time, and its action with it. `why` is the deadline, or that nobody could be
 * reached; before the deadline only the latter ends it.
 */
export function expireApproval(
  facts: { readonly approval: ApprovalRow; readonly action: ActionRow },
  why: 'deadline' | 'unreachable',
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending' | 'too-early'> {
  const { approval, action } = facts;
  if (approval.status !== 'pending') return { refused: 'not-pending', detail: `it is ${approval.status}` };
  if (why === 'deadline' && now.getTime() < Date.parse(approval.expiresAt)) {
    return { refused: 'too-early', detail: `it may be decided until ${approval.expiresAt}` };
  }
  const { openKind, openSince, ...closed } = approval;
  const row: ApprovalRow = { ...closed, version: approval.version + 1, status: 'expired' };
  const actor = { kind: 'system', id: 'expire-approval' } as const;
  const problem = {
    code: 'expired',
    detail: why === 'deadline' ? 'nobody decided in time' : 'no approver could be reached',
  };
  const closing = closeAction(action, { status: 'expired', problem, actor, now });
  const ifStatus = priorsOf(approvalStatuses, 'expired');
  return {
    writes: [{ kind: 'replace', row, ifVersion: approval.version, ifStatus }, closing.write],
    events: [approvalEvent(row, 'approval.expired', { actor, now, data: { why } }), closing.event],
    result: row,
  };
}
