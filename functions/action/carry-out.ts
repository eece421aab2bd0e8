import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import type { OwnFacts } from '../../core/action/carry-out-own.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import type { Key } from '../../core/row.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { decideAndCommit, type Registry, type StoredRow } from '../aws/registry.ts';
import { loadAction, type RunDeps } from './run-action.ts';

export type OwnDeps = Pick<RunDeps, 'registry' | 'open' | 'log' | 'now'> & {
  /** Minutes an approval may wait for its use. */
  readonly lapseMinutes: number;
};

/** Carries out what people agreed to of the system itself, once, whoever and however many ask for it. */
export async function carryOut(
  { registry, log }: Pick<OwnDeps, 'registry' | 'log'>,
  held: ActionRow,
  decide: () => Promise<Change<ActionRow> | Refusal>,
): Promise<ActionRow> {
  const decided = await decideAndCommit(registry, decide);
  const row = isRefusal(decided) ? await loadAction(registry, held.id) : decided.committed.result;
  log('info', 'ACTION_SETTLED', { action: row.id, status: row.status, attempt: row.attempt });
  return row;
}

/** What every such action leans on, with more rows read in the same moment. */
export async function loadOwn(
  { registry, lapseMinutes }: Pick<OwnDeps, 'lapseMinutes'> & { readonly registry: Pick<Registry, 'load'> },
  held: ActionRow,
  more: readonly Key[],
): Promise<{ readonly own: OwnFacts; readonly rows: readonly (StoredRow | undefined)[] }> {
  const keys = [actionKey(held.id), approvalKey(held.approval ?? ''), agentKey(held.agent), switchesKey];
  const [action, votes, system, switches, ...rows] = await registry.load([...keys, ...more]);
  const own = {
    action: parseRow(actionRow, action),
    approval: parseRow(approvalRow, votes),
    agent: parseRow(agentRow, system),
    switches: readSwitches(switches),
    lapseMinutes,
  };
  return { own, rows };
}
