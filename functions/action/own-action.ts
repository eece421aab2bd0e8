import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { type ActionView, actionView } from '../../core/action/action-view.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { actionId, type AgentId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { ProblemError } from '../http/problem.ts';
import type { DoorDeps } from './answer-request.ts';
import { loadDoorFacts } from './door-facts.ts';

/** The action, if it is the caller's own or of a task the caller holds now; otherwise there is nothing here. */
export async function ownAction(deps: DoorDeps, agent: AgentId, id: string): Promise<ActionRow> {
  const parsed = actionId.safeParse(id);
  const [stored] = parsed.success ? await deps.registry.load([actionKey(parsed.data)]) : [];
  const row = stored && parseRow(actionRow, stored);
  if (row && (row.agent === agent || (await holdsTask(deps, agent, row)))) return row;
  throw new ProblemError({ status: 404, code: 'not-found', detail: 'you have no action of this id' });
}

async function holdsTask(deps: DoorDeps, agent: AgentId, { task }: ActionRow): Promise<boolean> {
  return task !== undefined && (await loadDoorFacts(deps.registry, { agent, task }, deps.now())).holds;
}

/** Whether the end of it is still to come. */
export const waits = ({ status }: Pick<ActionRow, 'status'>) => status === 'held' || status === 'started';

/** An action as its agent sees it: while it waits, with whom it waits for. */
export async function viewAction({ registry }: DoorDeps, row: ActionRow): Promise<ActionView> {
  const [stored] = waits(row) && row.approval ? await registry.load([approvalKey(row.approval)]) : [];
  return actionView(row, stored && parseRow(approvalRow, stored));
}
