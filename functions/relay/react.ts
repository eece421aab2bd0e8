import { actionKey } from '../../core/action/action.ts';
import { approvalKey, type ApprovalRow, approvalRow } from '../../core/approval/approval.ts';
import { roundsOf } from '../../core/approval/request-approval.ts';
import type { AuditEvent, EventType } from '../../core/event.ts';
import { Fault } from '../../core/fault.ts';
import { parseRow } from '../../core/row.ts';
import { runKey, type RunRow, runRow, workflowKey, workflowRow } from '../../core/run/run.ts';
import { taskKey } from '../../core/task/task.ts';
import type { Machines } from '../aws/machines.ts';
import { answerWaiter, type WaiterDeps } from './answer-waiter.ts';

export type ReactDeps = WaiterDeps & {
  readonly machines: Machines;
  readonly approvalMachine: string;
  readonly workflowMachine: (machine: string) => string;
};

/** Causes what an event demands. Idempotent: machines start by name, waits are answered once, rows are the truth. */
export async function react(deps: ReactDeps, event: AuditEvent): Promise<void> {
  await reactions[event.type]?.(deps, event);
}

type Reaction = (deps: ReactDeps, event: AuditEvent) => Promise<void>;

const answerAction: Reaction = (deps, { action }) => answerWaiter(deps, actionKey(demand(action)));
const answerApproval: Reaction = (deps, { approval }) => answerWaiter(deps, approvalKey(demand(approval)));
const answerTask: Reaction = (deps, { task }) => answerWaiter(deps, taskKey(demand(task)));

const reactions: Partial<Record<EventType, Reaction>> = {
  'action.held': async (deps, { approval }) => {
    const [row] = await deps.registry.load([approvalKey(demand(approval))]);
    await startApproval(deps, parseRow(approvalRow, row));
  },
  'action.denied': answerAction,
  'action.rejected': answerAction,
  'action.expired': answerAction,
  'action.withdrawn': answerAction,
  'action.unreachable': answerAction,
  'action.superseded': answerAction,
  'action.succeeded': answerAction,
  'action.failed': answerAction,
  'action.unknown': answerAction,
  'approval.approved': answerApproval,
  'approval.denied': answerApproval,
  'approval.expired': answerApproval,
  'approval.withdrawn': answerApproval,
  'approval.unreachable': answerApproval,
  'approval.superseded': answerApproval,
  'task.completed': answerTask,
  'task.failed': answerTask,
  'run.requested': async (deps, { run }) => {
    const [row] = await deps.registry.load([runKey(demand(run))]);
    await startRun(deps, parseRow(runRow, row));
  },
};

/** Starts the approval machine of a held action, named by the approval, so that it runs once. */
export async function startApproval(deps: ReactDeps, approval: ApprovalRow): Promise<void> {
  const { id, action, preview, openedAt, expiresAt } = approval;
  const after = roundsOf(approval).map(({ afterSeconds }) => Date.parse(openedAt) + afterSeconds * 1000);
  const deadlines = [...after.slice(1).map((at) => new Date(at).toISOString()), expiresAt];
  const look = preview !== undefined && { preview: true };
  await deps.machines.start(deps.approvalMachine, id, { approval: id, action, deadlines, ...look });
}

/** Starts a run's workflow machine, named by the run. */
export async function startRun(deps: ReactDeps, run: RunRow): Promise<void> {
  const { id, workflow, unit, requester, input } = run;
  const machine = await machineOf(deps, workflow);
  await deps.machines.start(machine, id, { run: id, workflow, unit, requester, input });
}

/** The state machine that runs a workflow. */
export async function machineOf(deps: ReactDeps, workflow: string): Promise<string> {
  const [row] = await deps.registry.load([workflowKey(workflow)]);
  return deps.workflowMachine(parseRow(workflowRow, row).machine);
}

function demand<T>(id: T | undefined): T {
  if (id !== undefined) return id;
  throw new Fault('RowUnreadable', 'an event names no subject to react to');
}
