import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { openProposal } from '../../core/action/open-proposal.ts';
import { type ProposalInput, proposalIdOf } from '../../core/action/proposal.ts';
import { agentKey, SYSTEM_AGENT } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { isRefusal } from '../../core/change.ts';
import type { ActionId, ApprovalId } from '../../core/id.ts';
import type { Guard } from '../../core/policy/decision.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import type { By } from './plan-governance.ts';

/** What waits for the council, and since it was asked, where and until when. */
export type Proposal = {
  /** Who must agree: `2 of council`. */
  readonly needs: string;
  /** Whether rules wait; otherwise only seats of the council do. */
  readonly release: boolean;
  /** Rows that wait with them: `group council`. */
  readonly rows: readonly string[];
  readonly action?: ActionId;
  readonly approval?: ApprovalId;
  readonly expiresAt?: string;
};

/** Asks the council, or answers with the same proposal while it waits; once that ended, asks again. */
export async function propose(
  registry: Registry,
  { guard, input }: { readonly guard: Guard; readonly input: ProposalInput },
  by: By,
): Promise<Required<Pick<Proposal, 'action' | 'approval' | 'expiresAt'>>> {
  const decided = await decideAndCommit(registry, async () => {
    const { id, waiting } = await nextOf(registry, (n) => proposalIdOf(input, n));
    if (waiting) return { refused: 'waits', detail: id, waiting } as const;
    const [agent] = await registry.load([agentKey(SYSTEM_AGENT)]);
    const systemAgent = agent ? 'known' : 'missing';
    return openProposal({ systemAgent, guard }, { id, input }, by);
  });
  const { id, approval: key } = isRefusal(decided) ? decided.waiting : decided.committed.result;
  const [row] = await registry.load([approvalKey(key ?? '')]);
  const approval = parseRow(approvalRow, row);
  return { action: id, approval: approval.id, expiresAt: approval.expiresAt };
}

const AT_ONCE = 20;

/** The first of what the system asks again and again that was never asked, or the one that waits. */
export async function nextOf(
  registry: Pick<Registry, 'load'>,
  idOf: (n: number) => ActionId,
): Promise<{ readonly id: ActionId; readonly waiting?: ActionRow }> {
  for (let first = 1; ; first += AT_ONCE) {
    const ids = Array.from({ length: AT_ONCE }, (_, n) => idOf(first + n));
    const rows = await registry.load(ids.map(actionKey));
    for (const [n, id] of ids.entries()) {
      const row = rows[n] && parseRow(actionRow, rows[n]);
      if (!row) return { id };
      if (row.status === 'held') return { id, waiting: row };
    }
  }
}
