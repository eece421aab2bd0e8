import type { ActionRow } from '../action/action.ts';
import type { Change, Refusal } from '../change.ts';
import type { Actor } from '../event.ts';
import { priorsOf } from '../status.ts';
import { approvalEvent, type ApprovalRow, approvalStatuses } from './approval.ts';
import { closeAction } from './close-action.ts';

export type ClosingFacts = { readonly approval: ApprovalRow; readonly action: ActionRow };

/** How an approval ends without anybody's vote. */
export type Ending = {
  readonly status: 'expired' | 'withdrawn' | 'unreachable' | 'superseded';
  /** What the agent is told, and what it can do. */
  readonly detail: string;
  readonly actor: Actor;
  readonly data?: Readonly<Record<string, unknown>>;
};

/** Ends an approval nobody decided, and its action with it, in one change: nothing will be carried out. */
export function closeApproval(
  { approval, action }: ClosingFacts,
  { status, detail, actor, data = {} }: Ending,
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending'> {
  if (approval.status !== 'pending') return { refused: 'not-pending', detail: `it is ${approval.status}` };
  const { openKind, openSince, ...closed } = approval;
  const row: ApprovalRow = { ...closed, version: approval.version + 1, status };
  const closing = closeAction(action, { status, problem: { code: status, detail }, actor, now });
  const ifStatus = priorsOf(approvalStatuses, status);
  return {
    writes: [{ kind: 'replace', row, ifVersion: approval.version, ifStatus }, closing.write],
    events: [approvalEvent(row, `approval.${status}`, { actor, now, data }), closing.event],
    result: row,
  };
}
