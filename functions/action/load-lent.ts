import { agentKey, type AgentRow, agentRow, gateKey, gateRow } from '../../core/agent/agent.ts';
import type { DelegationRow, Lent } from '../../core/delegation/delegation.ts';
import type { DelegationId } from '../../core/id.ts';
import { checkToken, epochRow } from '../../core/identity/check-token.ts';
import { parseRow } from '../../core/row.ts';
import { loadLending } from '../aws/lending.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';

type Moment = { readonly epoch: StoredRow | undefined; readonly now: Date };

/** What a delegated request leans on: the delegation, those above it, and everyone who lent, as they are now. */
export async function loadLent(
  registry: Pick<Registry, 'load'>,
  id: DelegationId,
  moment: Moment,
): Promise<Lent> {
  const { delegation, above } = await loadLending(registry, id);
  const chain = delegation?.chain ?? [];
  const rows = await registry.load(chain.flatMap((link) => [agentKey(link), gateKey(link)]));
  const links = chain.map((_, n) => ({
    agent: parseRow(agentRow, rows[2 * n]),
    gate: parseRow(gateRow, rows[2 * n + 1]),
  }));
  const makers = links.map(({ agent }) => agent);
  const made = [delegation, ...above].filter((each) => each !== undefined);
  return { delegation, above, links, disowned: made.some((each) => isDisowned(each, makers, moment)) };
}

/** A delegation is worth no more than the token it was made with. */
function isDisowned({ chain, madeBy }: DelegationRow, makers: readonly AgentRow[], { epoch, now }: Moment) {
  const agent = makers.find(({ id }) => id === chain.at(-1));
  if (!agent) return true;
  const use = { kid: madeBy.kid, issuedAt: new Date(madeBy.issuedAt) };
  return checkToken({ agent, epoch: epoch && parseRow(epochRow, epoch) }, use, now) !== undefined;
}
