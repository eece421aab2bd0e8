import {
  listedReleases,
  type ReleaseView,
  type RolledBack,
  rolledBack,
} from '../../core/policy/release-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { ReleaseView, RolledBack };

export type ReleaseAdmin = {
  /** The releases stored so far, the newest first. */
  releases(): Promise<readonly ReleaseView[]>;
  /** Puts an earlier release in force, by its whole hash; agents, people and groups stay as they are. */
  rollback(hash: string): Promise<RolledBack>;
};

export const releaseAdmin = (call: SignedCall): ReleaseAdmin => ({
  releases: async () => listedReleases.parse(await call('GET', '/v1/releases')).releases,
  rollback: async (hash) =>
    rolledBack.parse(await call('POST', `/v1/releases/${encodeURIComponent(hash)}/activate`)),
});
