import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const releaseList = z.object({
  releases: z.array(
    z.object({
      release: z.string(),
      publishedAt: z.string(),
      engine: z.string(),
      policies: z.int(),
      tools: z.int(),
      /** On the one in force. */
      activatedAt: z.string().optional(),
    }),
  ),
});
export type ReleaseView = z.infer<typeof releaseList>['releases'][number];

const rolledBack = z.object({
  release: z.string(),
  before: z.string().nullable(),
  action: z.enum(['activate', 'none']),
});
export type RolledBack = z.infer<typeof rolledBack>;

export type ReleaseAdmin = {
  /** The releases stored so far, the newest first. */
  releases(): Promise<readonly ReleaseView[]>;
  /** Puts an earlier release in force, by its whole hash; agents, people and groups stay as they are. */
  rollback(hash: string): Promise<RolledBack>;
};

export const releaseAdmin = (call: SignedCall): ReleaseAdmin => ({
  releases: async () => releaseList.parse(await call('GET', '/v1/releases')).releases,
  rollback: async (hash) =>
    rolledBack.parse(await call('POST', `/v1/releases/${encodeURIComponent(hash)}/activate`)),
});
