import type { ActionRow } from '../../core/action/action.ts';
import type { AgentRow } from '../../core/agent/agent.ts';
import type { ApprovalRow } from '../../core/approval/approval.ts';
import { liftedGuards } from '../../core/approval/count-votes.ts';
import type { Decision } from '../../core/policy/decision.ts';
import { loadElectorate } from '../aws/electorate.ts';
import type { Registry } from '../aws/registry.ts';

/** The guards of the release in force that today's organisation lets these votes lift. */
export async function liftedNow(
  registry: Pick<Registry, 'load'>,
  facts: {
    readonly agent: AgentRow;
    readonly action: ActionRow;
    readonly approval: ApprovalRow;
    readonly decision: Decision;
    readonly now: Date;
  },
): Promise<readonly string[]> {
  if (facts.decision.outcome !== 'hold') return [];
  const { guards } = facts.decision;
  const electorate = await loadElectorate(registry, guards, facts);
  const { approval } = facts;
  return liftedGuards(guards, { votes: approval.votes, waiting: approval }, electorate);
}
