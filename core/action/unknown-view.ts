import * as z from 'zod';
import { actionId } from '../id.ts';

/** Where actions are listed of which nobody knows whether they took effect. */
export const UNKNOWN_ACTIONS = 'UNKNOWN_ACTIONS';

/** What a person found out in the system itself. */
export const settleBody = z.strictObject({
  effect: z.boolean(),
  /** How it is known, for the audit log. */
  reason: z.string().trim().min(1).max(500),
});

export const settledAction = z.object({ id: actionId, status: z.enum(['succeeded', 'failed']) });
export type SettledAction = z.infer<typeof settledAction>;

/** Actions whose call's answer was lost, the longest in doubt first; `more` says that there are others. */
export const unknownActions = z.object({
  actions: z.array(
    z.object({
      id: actionId,
      agent: z.string(),
      unit: z.string(),
      tool: z.string(),
      purpose: z.string(),
      requestedAt: z.string(),
      since: z.string(),
      detail: z.string(),
    }),
  ),
  more: z.boolean(),
});
export type UnknownAction = z.infer<typeof unknownActions>['actions'][number];
