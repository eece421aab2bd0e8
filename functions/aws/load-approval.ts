import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { agentKey, type AgentRow, agentRow } from '../../core/agent/agent.ts';
import { approvalKey, type ApprovalRow, approvalRow } from '../../core/approval/approval.ts';
import type { Electorate } from '../../core/approval/count-votes.ts';
import type { ApprovalId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { loadElectorate } from './electorate.ts';
import type { Registry } from './registry.ts';

/** Everything a decision about an approval leans on, as it is now. */
export type ApprovalFacts = {
  readonly approval: ApprovalRow;
  readonly action: ActionRow;
  readonly agent: AgentRow;
  readonly electorate: Electorate;
};

export async function loadApproval(
  registry: Pick<Registry, 'load'>,
  id: ApprovalId,
  now: Date,
): Promise<ApprovalFacts> {
  const [stored] = await registry.load([approvalKey(id)]);
  const approval = parseRow(approvalRow, stored);
  const [action, agent] = await registry.load([actionKey(approval.action), agentKey(approval.agent)]);
  const facts = { action: parseRow(actionRow, action), agent: parseRow(agentRow, agent) };
  return {
    approval,
    ...facts,
    electorate: await loadElectorate(registry, approval.guards, { ...facts, now }),
  };
}
