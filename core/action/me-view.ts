import * as z from 'zod';
import { agentRelease } from '../agent/agent-release.ts';
import { agentId } from '../id.ts';

const rate = z.object({ scope: z.string(), perMinute: z.int() });

/** An agent as it may see itself: what it is, and every limit it is held to with what is left of it. */
export const viewedMe = z.object({
  id: agentId,
  name: z.string(),
  unit: z.string(),
  stage: z.string(),
  purpose: z.string(),
  roles: z.array(z.string()),
  capabilities: z.array(z.string()),
  release: agentRelease.optional(),
  recertifyBy: z.string().optional().describe('The last UTC day of its certification'),
  delegation: z.string().optional().describe('The delegation its token leans on'),
  day: z.string().describe('The UTC day that counts and budgets are of'),
  actions: z.object({ perDay: z.int(), used: z.int() }),
  maxTasks: z.int(),
  rates: z.array(rate).describe('Requests a minute; best effort'),
  budgets: z
    .array(
      z.object({
        scope: z.string(),
        currency: z.string(),
        perDay: z.string().optional(),
        usedToday: z.string(),
        perMonth: z.string().optional(),
        usedThisMonth: z.string(),
      }),
    )
    .describe('Of itself and its unit: what is spent or in flight'),
});
export type Me = z.infer<typeof viewedMe>;
