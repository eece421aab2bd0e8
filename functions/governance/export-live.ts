import { type Exported, exportGovernance } from '../../core/governance/export-governance.ts';
import { isGone } from '../../core/governance/withdraw-row.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { listGoverned } from './find-unmanaged.ts';
import { loadActive } from './list-releases.ts';

/** Everything in use as the files that would make it. */
export async function exportLive({ registry, releases }: ApplyDeps): Promise<Exported> {
  const [active, rows] = await Promise.all([loadActive(registry), listGoverned(registry)]);
  const bundle = active && (await releases.load(active.release));
  return exportGovernance(
    rows.filter(({ noun, row }) => !isGone(noun, row)),
    bundle,
  );
}
