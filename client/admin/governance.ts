import {
  type Applied,
  applied,
  type Exported,
  exportedGovernance,
} from '../../core/governance/governance-view.ts';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import type { SignedCall } from './signed-call.ts';

export type { Applied, Exported };

export type ApplyOptions = {
  /** Only tells what would change. */
  readonly plan?: boolean;
  /** What is live and in no file leaves use. */
  readonly prune?: boolean;
  /** Hears how many rows are left whenever an answer came before the end. */
  readonly onProgress?: (remaining: number) => void;
};

export type GovernanceAdmin = {
  /** Makes what is live what the directory says, in as many requests as it takes. */
  apply(body: GovernanceBody, options?: ApplyOptions): Promise<Applied>;
  governance(): Promise<unknown>;
  /** Everything in use as the files that would make it. */
  exportGovernance(): Promise<Exported>;
};

export const governanceAdmin = (call: SignedCall): GovernanceAdmin => ({
  apply: (body, options = {}) => applyWhole(call, body, options),
  governance: () => call('GET', '/v1/governance'),
  exportGovernance: async () => exportedGovernance.parse(await call('GET', '/v1/governance?export=true')),
});

/** The first answer names every change, the last one the end of them. */
async function applyWhole(
  call: SignedCall,
  body: GovernanceBody,
  { plan = false, prune = false, onProgress }: ApplyOptions,
): Promise<Applied> {
  const query = new URLSearchParams({ ...(plan && { plan: 'true' }), ...(prune && { prune: 'true' }) });
  const path = `/v1/governance${query.size > 0 ? `?${query.toString()}` : ''}`;
  const once = async () => applied.parse(await call('PUT', path, { body }));
  const first = await once();
  let last = first;
  while (last.remaining > 0) {
    onProgress?.(last.remaining);
    last = await once();
  }
  const { proposal, release } = last;
  const action = proposal?.release ? release.action : first.release.action;
  return { ...first, release: { ...first.release, action }, ...(proposal && { proposal }), remaining: 0 };
}
