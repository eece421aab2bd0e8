import * as z from 'zod';
import { engagedSwitch, switchScope } from './switch.ts';

const reason = z.string().trim().min(1).max(500);
const found = z.record(z.string().max(50), z.union([z.string().max(200), z.number(), z.boolean()]));

export const engageBody = z.strictObject({ scope: switchScope, reason, drill: z.boolean().optional() });
export const restoreBody = z.strictObject({ scope: switchScope, reason, found: found.optional() });

/** An engaged switch as callers see it, with the seconds it took until nothing in scope could start. */
export const viewedSwitch = engagedSwitch
  .omit({ since: true })
  .extend({ secondsToContain: z.number().optional() });
export type SwitchView = z.infer<typeof viewedSwitch>;

export const viewedSwitches = z.object({ switches: z.array(viewedSwitch) });
export const restoredSwitch = z.object({
  scope: z.string(),
  restored: z.boolean(),
  switch: viewedSwitch.optional(),
});
export type RestoredView = z.infer<typeof restoredSwitch>;
