import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const release = z.object({ version: z.string(), model: z.string(), promptHash: z.string() });
const agentView = z.looseObject({
  id: z.string(),
  name: z.string(),
  unit: z.string(),
  stage: z.string(),
  suspendedFor: z.string().optional(),
  sponsor: z.string(),
  purpose: z.string(),
  roles: z.array(z.string()),
  capabilities: z.array(z.string()),
  release: release.optional(),
  productionRelease: release.optional(),
  recertifyBy: z.string().optional(),
  tokensNotBefore: z.string().optional(),
  keys: z.array(
    z.object({ kid: z.string(), notAfter: z.string().optional(), revokedAt: z.string().optional() }),
  ),
  day: z.string(),
  actionsThatDay: z.int(),
  stale: z.array(z.object({ reason: z.string(), detail: z.string() })),
});
/** An agent as it is now: who answers for it, what it is made of, its keys, and what is stale about it. */
export type AgentView = z.infer<typeof agentView>;

const revokedTokens = z.object({ notBefore: z.string() });

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
    agents: async (days = 90) =>
      z.object({ agents: z.array(agentView) }).parse(await call('GET', `/v1/agents?days=${days}`)).agents,
    agent: async (id, days = 90) => agentView.parse(await call('GET', `${path(id)}?days=${days}`)),
    revokeKey: async (id, kid) => {
      await call('POST', `${path(id)}/keys/${encodeURIComponent(kid)}/revoke`);
    },
    revokeTokens: async (id) => {
      const answer = await call('POST', id === undefined ? '/v1/tokens/revoke' : `${path(id)}/tokens/revoke`);
      return revokedTokens.parse(answer).notBefore;
    },
  };
};
