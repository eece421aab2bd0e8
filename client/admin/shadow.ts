import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const shadowView = z.object({ release: z.string().nullable(), since: z.string().optional() });
export type ShadowView = z.infer<typeof shadowView>;

export type ShadowAdmin = {
  /** The release in the shadow of the one in force; `release` is null when there is none. */
  shadow(): Promise<ShadowView>;
  /** Puts a stored release in the shadow, or with null takes it out. Agents notice nothing. */
  setShadow(release: string | null): Promise<ShadowView>;
};

export const shadowAdmin = (call: SignedCall): ShadowAdmin => ({
  shadow: async () => shadowView.parse(await call('GET', '/v1/shadow')),
  setShadow: async (release) => shadowView.parse(await call('PUT', '/v1/shadow', { body: { release } })),
});
