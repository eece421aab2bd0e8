import { actionRow } from '../../core/action/action.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { parseRow, type Key } from '../../core/row.ts';
import { loadElectorate } from '../aws/electorate.ts';
import type { ApprovalFacts } from '../aws/load-approval.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';

/** Held actions that are looked through, the oldest first. */
export const LOOKED_THROUGH = 500;

export type PendingApprovals = {
  readonly pending: readonly ApprovalFacts[];
  /** Whether there may be more than were looked through. */
  readonly more: boolean;
};

/** Every approval that waits for people, with what a decision about it leans on. The index names them; rows decide. */
export async function loadPending(
  registry: Pick<Registry, 'load' | 'list'>,
  now: Date,
): Promise<PendingApprovals> {
  const held = await registry.list('open', 'HELD', LOOKED_THROUGH);
  const reads = { load: remembering(registry) };
  const actions = held.map((row) => parseRow(actionRow, row));
  await reads.load(actions.flatMap(({ approval, agent }) => [approvalKey(approval ?? ''), agentKey(agent)]));
  const pending: ApprovalFacts[] = [];
  for (const action of actions) {
    const [stored, agent] = await reads.load([approvalKey(action.approval ?? ''), agentKey(action.agent)]);
    const approval = parseRow(approvalRow, stored);
    if (approval.status !== 'pending' || now.getTime() >= Date.parse(approval.expiresAt)) continue;
    const facts = { action, agent: parseRow(agentRow, agent) };
    const electorate = await loadElectorate(reads, approval.guards, { ...facts, now });
    pending.push({ approval, ...facts, electorate });
  }
  return { pending, more: held.length === LOOKED_THROUGH };
}

/** Reads each row once, for as long as one answer is made. */
function remembering({ load }: Pick<Registry, 'load'>): Registry['load'] {
  const known = new Map<string, StoredRow | undefined>();
  const name = ({ pk, sk }: Key) => `${pk}\n${sk}`;
  return async (keys) => {
    const missing = keys.filter((key) => !known.has(name(key)));
    const found = missing.length > 0 ? await load(missing) : [];
    missing.forEach((key, n) => known.set(name(key), found[n]));
    return keys.map((key) => known.get(name(key)));
  };
}
