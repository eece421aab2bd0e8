import * as z from 'zod';
import { agentId, name } from '../id.ts';

/** What an agent is made of: the program's version, the model it asks, and the SHA-256 of its instructions. */
export const agentRelease = z.strictObject({
  version: z.string().regex(/^[\w.+-]{1,50}$/, 'letters, digits, dots, dashes'),
  model: z.string().min(1).max(200),
  promptHash: z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits, small letters'),
});
export type AgentRelease = z.infer<typeof agentRelease>;

/** The centre's word that one release of one agent may go to production, and what it rests on. */
export const promotionManifest = z.strictObject({
  kind: z.literal('Promotion'),
  agent: agentId,
  /** The release as the agent's manifest has it, whole: another model or prompt is another release. */
  release: agentRelease,
  /** What showed that it is ready: a text or an address. */
  evidence: z.string().min(10).max(2000),
  /** People and groups who looked at it. */
  approvedBy: z.array(name).min(1).max(20),
  at: z.iso.date(),
});
export type Promotion = z.infer<typeof promotionManifest>;

/** The centre's word that one release of an agent in production need not start in pilot. */
export const releaseWaiverManifest = z.strictObject({
  kind: z.literal('ReleaseWaiver'),
  agent: agentId,
  release: agentRelease,
  reason: z.string().min(10).max(500),
  /** The last UTC day on which it may be used. */
  until: z.iso.date(),
});
export type ReleaseWaiver = z.infer<typeof releaseWaiverManifest>;
