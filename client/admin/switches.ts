import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const actor = z.object({ kind: z.string(), id: z.string() });
const switchView = z.object({
  scope: z.string(),
  reason: z.string(),
  engagedBy: actor,
  engagedAt: z.string(),
  /** When the last gate in scope was turned; from then on nothing in scope starts. */
  containedAt: z.string().optional(),
  secondsToContain: z.number().optional(),
  agents: z.int().optional(),
  drill: z.boolean().optional(),
  /** The first of the two who want it restored. */
  restore: z.object({ by: actor, at: z.string(), reason: z.string() }).optional(),
});
export type SwitchView = z.infer<typeof switchView>;

const restoredView = z.object({ scope: z.string(), restored: z.boolean(), switch: switchView.optional() });
export type RestoredView = z.infer<typeof restoredView>;

type Asked = { readonly scope: string; readonly reason: string };

export type SwitchAdmin = {
  /** What is stopped now. */
  switches(): Promise<readonly SwitchView[]>;
  /** Engages a kill switch and comes back when it is contained. Engaging twice is engaging once. */
  stop(request: Asked & { readonly drill?: boolean }): Promise<SwitchView>;
  /** Asks for a switch to be restored, or agrees to it; a drill's ends at once, with what it `found`. */
  restore(
    request: Asked & { readonly found?: Readonly<Record<string, string | number | boolean>> },
  ): Promise<RestoredView>;
};

export const switchAdmin = (call: SignedCall): SwitchAdmin => ({
  switches: async () =>
    z.object({ switches: z.array(switchView) }).parse(await call('GET', '/v1/switches')).switches,
  stop: async (body) => switchView.parse(await call('POST', '/v1/switches', { body })),
  restore: async (body) => restoredView.parse(await call('POST', '/v1/switches/restore', { body })),
});
