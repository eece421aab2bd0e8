import { actionRow, settledStatuses } from '../../core/action/action.ts';
import { approvalRow, approvalStatuses } from '../../core/approval/approval.ts';
import type { Key } from '../../core/row.ts';
import { parseRow } from '../../core/row.ts';
import { isTerminal } from '../../core/status.ts';
import { taskRow } from '../../core/task/task.ts';
import { waiterKey, waiterRow } from '../../core/waiter.ts';
import type { Log } from '../aws/log.ts';
import type { Answer, Machines } from '../aws/machines.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';

export type WaiterDeps = {
  readonly registry: Pick<Registry, 'load'>;
  readonly machines: Pick<Machines, 'answer'>;
  readonly log: Log;
};

/** What a machine that waits for this row is told, by the row as it is now; nothing while it is not settled. */
export function answerOf(subject: StoredRow): Answer | undefined {
  switch (subject['sk']) {
    case 'APPROVAL': {
      const { status } = parseRow(approvalRow, subject);
      return isTerminal(approvalStatuses, status) ? { output: { outcome: status } } : undefined;
    }
    case 'ACTION': {
      const { status, id, output, problem } = parseRow(actionRow, subject);
      return settledStatuses.includes(status)
        ? { output: { action: id, status, output, problem } }
        : undefined;
    }
    case 'TASK': {
      const { status, output, problem } = parseRow(taskRow, subject);
      if (status === 'completed') return { output };
      return status === 'failed'
        ? { error: 'TaskFailed', cause: `${problem?.code ?? 'failed'}: ${problem?.detail ?? ''}` }
        : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * Tells the machine that waits for a subject how it ended, if one waits and it has ended. At least once; a token
 * that nothing waits on any more is noted and left.
 */
export async function answerWaiter(deps: WaiterDeps, subject: Key): Promise<void> {
  const [row, waiting] = await deps.registry.load([subject, waiterKey(subject)]);
  const answer = row && answerOf(row);
  if (!waiting || !answer) return;
  const { token } = parseRow(waiterRow, waiting);
  if (await deps.machines.answer(token, answer)) return;
  deps.log('info', 'REACTION_TOO_LATE', { subject: subject.pk });
}
