import { actionKey, actionRow } from '../../core/action/action.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { type EndedApproval, endedOf, endings } from '../../core/approval/ended-approval.ts';
import type { AuditEvent } from '../../core/event.ts';
import { parseRow } from '../../core/row.ts';
import type { RecordedDecisions } from '../aws/recorded-decisions.ts';
import type { Registry } from '../aws/registry.ts';

export type KeepEndedDeps = {
  readonly registry: Pick<Registry, 'load'>;
  readonly recorded: Pick<RecordedDecisions, 'keepEnded'>;
};

const ends: readonly string[] = endings.map((ending) => `approval.${ending}`);

/** Keeps how approvals ended for the report; an ended row changes no more, so the same events give the same files. */
export async function keepEnded(deps: KeepEndedDeps, events: readonly AuditEvent[]): Promise<void> {
  const found = events.filter(({ type }) => ends.includes(type));
  const keys = found.flatMap(({ approval = '', action = '' }) => [approvalKey(approval), actionKey(action)]);
  const rows = await deps.registry.load(keys);
  const ended = found.flatMap(({ at }, n): EndedApproval[] => {
    const approval = parseRow(approvalRow, rows[2 * n]);
    const action = parseRow(actionRow, rows[2 * n + 1]);
    return [endedOf(approval, action, at)].filter((each) => each !== undefined);
  });
  await deps.recorded.keepEnded(ended);
}
