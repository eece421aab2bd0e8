import * as z from 'zod';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import type { SignedCall } from './signed-call.ts';

const asked = z.object({
  needs: z.string(),
  action: z.string(),
  approval: z.string(),
  expiresAt: z.string(),
});
export type AskedConflict = z.infer<typeof asked>;

export type ConflictAdmin = {
  /** Asks the council about a conflict these files have, by its id; while it waits, the same question answers. */
  askAboutConflict(body: GovernanceBody, conflict: string): Promise<AskedConflict>;
};

export const conflictAdmin = (call: SignedCall): ConflictAdmin => ({
  askAboutConflict: async (governance, conflict) =>
    asked.parse(await call('POST', '/v1/conflicts', { body: { conflict, governance } })),
});
