import { type ActionRow, actionStatuses } from '../action/action.ts';
import type { Write } from '../change.ts';
import type { Actor, AuditEvent } from '../event.ts';
import { priorsOf } from '../status.ts';

type Closing = {
  readonly status: 'rejected' | 'expired' | 'withdrawn' | 'unreachable' | 'superseded';
  readonly problem: { readonly code: string; readonly detail: string };
  readonly actor: Actor;
  readonly now: Date;
};

/** Ends a held action together with its approval, in the same change: it will never be carried out. */
export function closeAction(
  action: ActionRow,
  { status, problem, actor, now }: Closing,
): { readonly write: Write; readonly event: AuditEvent } {
  const { openKind, openSince, ...closed } = action;
  const settledAt = now.toISOString();
  const row: ActionRow = { ...closed, version: action.version + 1, status, problem, settledAt };
  const { agent, unit, onBehalfOf, purpose, tool, workflow, id, approval, run, task, release } = row;
  return {
    write: {
      kind: 'replace',
      row,
      ifVersion: action.version,
      ifStatus: priorsOf(actionStatuses, status),
    },
    event: {
      v: 1,
      subject: row.pk,
      version: row.version,
      type: `action.${status}`,
      at: settledAt,
      actor,
      agent,
      unit,
      onBehalfOf,
      purpose,
      tool,
      workflow,
      action: id,
      approval,
      run,
      task,
      release,
      data: { problem, attempt: row.attempt },
    },
  };
}
