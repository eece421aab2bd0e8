import { type ShadowView, viewedShadow } from '../../core/policy/release-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { ShadowView };

export type ShadowAdmin = {
  /** The release in the shadow of the one in force; `release` is null when there is none. */
  shadow(): Promise<ShadowView>;
  /** Puts a stored release in the shadow, or with null takes it out. Agents notice nothing. */
  setShadow(release: string | null): Promise<ShadowView>;
};

export const shadowAdmin = (call: SignedCall): ShadowAdmin => ({
  shadow: async () => viewedShadow.parse(await call('GET', '/v1/shadow')),
  setShadow: async (release) => viewedShadow.parse(await call('PUT', '/v1/shadow', { body: { release } })),
});
