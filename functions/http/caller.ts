import { agentKey, agentRow } from '../../core/agent/agent.ts';
import type { AgentId } from '../../core/id.ts';
import { epochKey } from '../../core/identity/check-token.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from '../aws/registry.ts';
import type { Authenticate } from './authenticate.ts';

/** The rows that tell whether a token with a good signature is still good. */
export const standingKeys = (agent: AgentId) => [agentKey(agent), epochKey];

/**
 * Which agent calls, by a token that is good now; ends the request with 401 otherwise. Every route of agents asks
 * this, but those of the door, which read the same rows with their facts (`loadDoorFacts`).
 */
export async function callerOf(
  deps: { readonly authenticate: Authenticate; readonly registry: Pick<Registry, 'load'> },
  authorization: string | undefined,
): Promise<{ readonly agent: AgentId }> {
  const { claimedAgent, requireStanding } = await deps.authenticate(authorization);
  const [agent, epoch] = await deps.registry.load(standingKeys(claimedAgent));
  await requireStanding({ agent: agent && parseRow(agentRow, agent), epoch });
  return { agent: claimedAgent };
}
