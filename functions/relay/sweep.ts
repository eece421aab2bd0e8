import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { inFlightSeconds } from '../../core/action/resume-action.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { expireApproval } from '../../core/approval/expire-approval.ts';
import { isRefusal } from '../../core/change.ts';
import { type ActionId, actionId, taskId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { isTerminal } from '../../core/status.ts';
import { type RunRow, runRow, runStatuses } from '../../core/run/run.ts';
import { endRun } from '../../core/run/end-run.ts';
import { expireTask } from '../../core/task/settle-task.ts';
import { taskKey, taskRow } from '../../core/task/task.ts';
import { errorDetails } from '../aws/log.ts';
import { decideAndCommit, type Registry, type StoredRow } from '../aws/registry.ts';
import { answerWaiter } from './answer-waiter.ts';
import { machineOf, type ReactDeps, startApproval, startRun } from './react.ts';

export type SweepDeps = ReactDeps & {
  readonly registry: Registry;
  /** Hands an action to the executor; does not wait for it. */
  readonly execute: (action: ActionId) => Promise<void>;
  readonly now: () => Date;
};

/** Seconds the fast path (the stream) has before the sweep looks after a row. */
const PATIENCE_SECONDS = 60;
const ROWS_A_SWEEP = 500;
/** Hours in which a system is asked what became of a call whose answer was lost. */
const ASKED_HOURS = 24;

/**
 * Causes again whatever the rows still demand: machines not started, answers not given, deadlines passed, calls cut
 * off. The rows are the truth; one row that can't be settled does not keep the others waiting. Gives what it did.
 */
export async function sweep(deps: SweepDeps): Promise<{ readonly seen: number; readonly failed: number }> {
  const kinds = {
    ACTION: sweepAction,
    HELD: sweepAction,
    UNKNOWN: sweepUnknown,
    RUN: sweepRun,
    TASK: sweepTask,
  } as const;
  let seen = 0;
  let failed = 0;
  for (const kind of ['ACTION', 'HELD', 'UNKNOWN', 'RUN', 'TASK'] as const) {
    for (const row of await deps.registry.list('open', kind, ROWS_A_SWEEP)) {
      if (!isOld(deps, row)) break;
      seen += 1;
      await kinds[kind](deps, row).catch((error: unknown) => {
        failed += 1;
        deps.log('error', 'RECONCILE_FAILED', { subject: String(row['pk']), ...errorDetails(error) });
      });
    }
  }
  deps.log('info', 'RECONCILED', { seen, failed });
  return { seen, failed };
}

const isOld = (deps: SweepDeps, row: StoredRow) =>
  deps.now().getTime() - Date.parse(String(row['openSince'])) > PATIENCE_SECONDS * 1000;

async function sweepAction(deps: SweepDeps, stored: StoredRow): Promise<void> {
  const [fresh] = await deps.registry.load([actionKey(String(stored['id']))]);
  const action = parseRow(actionRow, fresh);
  if (action.status === 'held') return sweepHeld(deps, action);
  const seconds = (deps.now().getTime() - Date.parse(action.startedAt ?? action.requestedAt)) / 1000;
  if (action.status === 'started' && seconds > inFlightSeconds(action)) await deps.execute(action.id);
}

/** The system is asked what became of it for a day; then a person is. */
async function sweepUnknown(deps: SweepDeps, stored: StoredRow): Promise<void> {
  const hours = (deps.now().getTime() - Date.parse(String(stored['openSince']))) / 3_600_000;
  if (hours < ASKED_HOURS) await deps.execute(actionId.parse(stored['id']));
}

async function sweepHeld(deps: SweepDeps, action: ActionRow): Promise<void> {
  const key = approvalKey(action.approval ?? '');
  const [stored] = await deps.registry.load([key]);
  const approval = parseRow(approvalRow, stored);
  const late = deps.now().getTime() - Date.parse(approval.expiresAt);
  if (approval.status === 'pending' && late < PATIENCE_SECONDS * 1000) return startApproval(deps, approval);
  if (approval.status === 'pending') return expire(deps, action);
  await answerWaiter(deps, key);
  if (approval.status === 'approved') await deps.execute(action.id);
}

/** The machine should have closed it; whatever became of the machine, nobody waits for ever. */
async function expire(deps: SweepDeps, { id, approval }: ActionRow): Promise<void> {
  await decideAndCommit(deps.registry, async () => {
    const [action, row] = await deps.registry.load([actionKey(id), approvalKey(approval ?? '')]);
    const facts = { action: parseRow(actionRow, action), approval: parseRow(approvalRow, row) };
    return expireApproval(facts, 'deadline', deps.now());
  });
  await answerWaiter(deps, approvalKey(approval ?? ''));
}

async function sweepRun(deps: SweepDeps, stored: StoredRow): Promise<void> {
  const [fresh] = await deps.registry.load([{ pk: String(stored['pk']), sk: String(stored['sk']) }]);
  const run = parseRow(runRow, fresh);
  if (isTerminal(runStatuses, run.status)) return;
  if (run.status === 'requested') await startRun(deps, run);
  if (run.currentTask) await answerWaiter(deps, taskKey(run.currentTask));
  if (run.awaitedAction) await answerWaiter(deps, actionKey(run.awaitedAction));
  await endDeadRun(deps, run);
}

const alive = ['RUNNING', 'PENDING_REDRIVE'];

/** A machine that ended without recording an outcome leaves a run nobody works on: it failed. */
async function endDeadRun(deps: SweepDeps, run: RunRow): Promise<void> {
  const status = await deps.machines.status(await machineOf(deps, run.workflow), run.id);
  const startedJustNow = status === undefined && run.status === 'requested';
  if (startedJustNow || alive.includes(status ?? '')) return;
  const detail = `its state machine ended as ${status ?? 'missing'} without an outcome`;
  const problem = { code: 'machine-ended', detail };
  const ended = await decideAndCommit(deps.registry, async () => {
    const [row] = await deps.registry.load([{ pk: run.pk, sk: run.sk }]);
    const fresh = parseRow(runRow, row);
    return endRun(fresh, { status: 'failed', problem, with: await endTask(deps, fresh) }, deps.now());
  });
  if (!isRefusal(ended)) deps.log('warn', 'RECONCILED', { subject: run.pk, status });
}

/** Whoever waited for a task that an action asked for is gone once its time is over: nobody is to do it any more. */
async function sweepTask(deps: SweepDeps, stored: StoredRow): Promise<void> {
  await decideAndCommit(deps.registry, async () => {
    const [row] = await deps.registry.load([taskKey(taskId.parse(stored['id']))]);
    const expired = expireTask(parseRow(taskRow, row), deps.now(), 'reconcile');
    return expired ?? { refused: 'settled', detail: 'the task is settled' };
  });
}

const nothing = { writes: [], events: [] };

/** The task of a dead run ends with it, so that no agent works on it any more. */
async function endTask(deps: SweepDeps, { currentTask }: RunRow) {
  const [stored] = currentTask ? await deps.registry.load([taskKey(currentTask)]) : [];
  return (stored && expireTask(parseRow(taskRow, stored), deps.now())) ?? nothing;
}
