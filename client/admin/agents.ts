import { type AgentView, revokedTokens, viewedAgent, viewedAgents } from '../../core/agent/agent-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { AgentView };

export type AgentAdmin = {
  /** Every agent; unused are those that started nothing in `days`. @default 90 */
  agents(days?: number): Promise<readonly AgentView[]>;
  agent(id: string, days?: number): Promise<AgentView>;
  /** Ends a key and every token it was given, at once and for good. */
  revokeKey(id: string, kid: string): Promise<void>;
  /** Ends the tokens issued so far, of one agent or, without one, of all; keys stay good for new ones. Gives the epoch, ISO. */
  revokeTokens(id: string | undefined): Promise<string>;
};

export const agentAdmin = (call: SignedCall): AgentAdmin => {
  const path = (id: string) => `/v1/agents/${encodeURIComponent(id)}`;
  return {
    agents: async (days = 90) => viewedAgents.parse(await call('GET', `/v1/agents?days=${days}`)).agents,
    agent: async (id, days = 90) => viewedAgent.parse(await call('GET', `${path(id)}?days=${days}`)),
    revokeKey: async (id, kid) => {
      await call('POST', `${path(id)}/keys/${encodeURIComponent(kid)}/revoke`);
    },
    revokeTokens: async (id) => {
      const answer = await call('POST', id === undefined ? '/v1/tokens/revoke' : `${path(id)}/tokens/revoke`);
      return revokedTokens.parse(answer).notBefore;
    },
  };
};
