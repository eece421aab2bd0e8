import * as z from 'zod';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import type { SignedCall } from './signed-call.ts';

const applied = z.object({
  changes: z.array(
    z.object({
      noun: z.string(),
      id: z.string(),
      action: z.enum(['create', 'change', 'none']),
      fields: z.array(z.string()),
    }),
  ),
  release: z.object({ hash: z.string(), action: z.enum(['activate', 'none']) }),
  /** What is live and no longer in the files; it stays until someone says otherwise. */
  unmanaged: z.array(z.object({ noun: z.string(), id: z.string() })),
});
export type Applied = z.infer<typeof applied>;

export type GovernanceAdmin = {
  /** Makes what is live what the directory says; with `plan` only tells what would change. */
  apply(body: GovernanceBody, options?: { readonly plan?: boolean }): Promise<Applied>;
  governance(): Promise<unknown>;
};

export const governanceAdmin = (call: SignedCall): GovernanceAdmin => ({
  apply: async (body, { plan = false } = {}) =>
    applied.parse(await call('PUT', `/v1/governance${plan ? '?plan=true' : ''}`, { body })),
  governance: () => call('GET', '/v1/governance'),
});
