import { type AskedConflict, askedConflict } from '../../core/action/conflict-view.ts';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import type { SignedCall } from './signed-call.ts';

export type { AskedConflict };

export type ConflictAdmin = {
  /** Asks the council about a conflict these files have, by its id; while it waits, the same question answers. */
  askAboutConflict(body: GovernanceBody, conflict: string): Promise<AskedConflict>;
};

export const conflictAdmin = (call: SignedCall): ConflictAdmin => ({
  askAboutConflict: async (governance, conflict) =>
    askedConflict.parse(await call('POST', '/v1/conflicts', { body: { conflict, governance } })),
});
