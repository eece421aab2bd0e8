import * as z from 'zod';

const release = z.object({ version: z.string(), model: z.string(), promptHash: z.string() });

/** An agent as it is now: who answers for it, what it is made of, its keys by name, and what is stale about it. */
export const viewedAgent = z.looseObject({
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
export type AgentView = z.infer<typeof viewedAgent>;

export const viewedAgents = z.object({ agents: z.array(viewedAgent) });

/** Days without an action after which an agent counts as unused. */
export const unusedQuery = z.object({ days: z.coerce.number().int().min(1).max(3650).default(90) });

export const revokedKey = z.object({ agent: z.string(), kid: z.string(), revoked: z.literal(true) });
/** Tokens issued before this instant are good no more. */
export const revokedTokens = z.object({ agent: z.string().optional(), notBefore: z.string() });
