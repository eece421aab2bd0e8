import {
  type RestoredView,
  restoredSwitch,
  type SwitchView,
  viewedSwitch,
  viewedSwitches,
} from '../../core/switch/switch-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { RestoredView, SwitchView };

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
  switches: async () => viewedSwitches.parse(await call('GET', '/v1/switches')).switches,
  stop: async (body) => viewedSwitch.parse(await call('POST', '/v1/switches', { body })),
  restore: async (body) => restoredSwitch.parse(await call('POST', '/v1/switches/restore', { body })),
});
