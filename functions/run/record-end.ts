import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { approvalKey, type ApprovalRow, approvalRow } from '../../core/approval/approval.ts';
import { isRefusal } from '../../core/change.ts';
import type { ActionId, RunId } from '../../core/id.ts';
import { formatMoney, type Money } from '../../core/money.ts';
import { parseRow } from '../../core/row.ts';
import { endRun } from '../../core/run/end-run.ts';
import { runKey, type RunRow, runRow, workflowKey, workflowRow } from '../../core/run/run.ts';
import { expireTask } from '../../core/task/settle-task.ts';
import { taskKey, taskRow } from '../../core/task/task.ts';
import { measureOutcome, type Measured } from '../../core/value/measure-outcome.ts';
import { outcomeKey, type OutcomeRow } from '../../core/value/outcome.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';

/** What a machine says of a run's end: its result, or the problem that stopped it. */
export type RunEnd = { readonly run: RunId; readonly action?: ActionId | null | undefined } & (
  | { readonly result: OutcomeRow['result']; readonly output?: unknown }
  | { readonly problem: { readonly code: string; readonly detail: string } }
);

export async function recordEnd(
  registry: Registry,
  end: RunEnd,
  now: Date,
): Promise<{ readonly status: string }> {
  const ended = await decideAndCommit(registry, async () => {
    const [stored] = await registry.load([runKey(end.run)]);
    const run = parseRow(runRow, stored);
    const measured = await measure(registry, run, end, now);
    const task = await expiredTask(registry, run, now);
    const row: OutcomeRow = {
      ...outcomeKey(run.id),
      sk: 'OUTCOME',
      v: 1,
      run: run.id,
      workflow: run.workflow,
      unit: run.unit,
      ...measured,
      recordedAt: now.toISOString(),
    };
    const failed = 'problem' in end;
    return endRun(
      run,
      {
        status: failed ? 'failed' : 'succeeded',
        ...(failed ? { problem: end.problem } : { output: end.output }),
        measured: figuresOf(measured),
        with: {
          writes: [{ kind: 'put', row }, ...(task?.writes ?? [])],
          events: task?.events ?? [],
        },
      },
      now,
    );
  });
  return { status: isRefusal(ended) ? 'ended-before' : ended.committed.result.status };
}

async function measure(registry: Registry, run: RunRow, end: RunEnd, now: Date): Promise<Measured> {
  const [workflow, stored] = await registry.load([
    workflowKey(run.workflow),
    ...(end.action ? [actionKey(end.action)] : []),
  ]);
  const action = stored && parseRow(actionRow, stored);
  const [found] = action?.approval ? await registry.load([approvalKey(action.approval)]) : [];
  const approval = found && parseRow(approvalRow, found);
  return measureOutcome(parseRow(workflowRow, workflow).baseline, {
    result: 'result' in end ? end.result : 'failed',
    requestedAt: run.requestedAt,
    endedAt: now.toISOString(),
    heldSeconds: action && approval ? heldSeconds(action, approval) : 0,
    touches: approval?.votes.length ?? 0,
  });
}

/** From being held to the last vote, or to its end when nobody voted. */
function heldSeconds(action: ActionRow, approval: ApprovalRow): number {
  const until = approval.votes.at(-1)?.at ?? action.settledAt ?? approval.expiresAt;
  return (Date.parse(until) - Date.parse(approval.openedAt)) / 1000;
}

async function expiredTask(registry: Registry, { currentTask }: RunRow, now: Date) {
  if (!currentTask) return undefined;
  const [stored] = await registry.load([taskKey(currentTask)]);
  return stored && expireTask(parseRow(taskRow, stored), now);
}

/** The outcome as plain numbers, for the event from which metrics are made; money in whole currency units. */
function figuresOf({ cost, netValue, ...measured }: Measured) {
  const amount = (money: Money) => money.minor / 100;
  return {
    ...measured,
    costUsd: amount(cost),
    netValueUsd: amount(netValue),
    netValue: formatMoney(netValue),
  };
}
