import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { agentKey, type AgentRow, agentRow } from '../../core/agent/agent.ts';
import { approvalKey, type ApprovalRow, approvalRow } from '../../core/approval/approval.ts';
import type { Electorate } from '../../core/approval/count-votes.ts';
import { previewKey, type PreviewRow, previewRow } from '../../core/approval/preview.ts';
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
  /** What was there before people were asked, where the tool names a way to look. */
  readonly preview?: PreviewRow | undefined;
};

export async function loadApproval(
  registry: Pick<Registry, 'load'>,
  id: ApprovalId,
  now: Date,
): Promise<ApprovalFacts> {
  const [stored] = await registry.load([approvalKey(id)]);
  const approval = parseRow(approvalRow, stored);
  const keys = [actionKey(approval.action), agentKey(approval.agent), previewKey(approval.action)];
  const [action, agent, seen] = await registry.load(keys);
  const facts = { action: parseRow(actionRow, action), agent: parseRow(agentRow, agent) };
  return {
    approval,
    ...facts,
    ...(seen && { preview: parseRow(previewRow, seen) }),
    electorate: await loadElectorate(registry, approval.guards, { ...facts, now }),
  };
}
