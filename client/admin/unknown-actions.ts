import {
  type SettledAction,
  settledAction,
  type UnknownAction,
  unknownActions,
} from '../../core/action/unknown-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { SettledAction, UnknownAction };

export type UnknownActionAdmin = {
  /** Actions of which nobody knows whether they took effect, the longest in doubt first. */
  unknownActions(): Promise<{ readonly actions: readonly UnknownAction[]; readonly more: boolean }>;
  /** Says what became of one, as a person found it in the system itself. */
  settleAction(
    id: string,
    found: { readonly effect: boolean; readonly reason: string },
  ): Promise<SettledAction>;
};

export const unknownActionAdmin = (call: SignedCall): UnknownActionAdmin => ({
  unknownActions: async () => unknownActions.parse(await call('GET', '/v1/actions')),
  settleAction: async (id, body) =>
    settledAction.parse(await call('POST', `/v1/actions/${encodeURIComponent(id)}/settle`, { body })),
});
