import { ofKind } from '../../core/governance/manifest.ts';
import { type Conflict, findConflicts } from '../../core/policy/find-conflicts.ts';
import type { Checked } from './check-governance.ts';

/** How many conflicts there are, and the first of them: an answer has its size. */
export type Conflicts = { readonly total: number; readonly list: readonly Conflict[] };

const LISTED = 1_000;

/** What in a directory's rules contradicts each other: told with every plan, and no reason to refuse one. */
export function planConflicts({ placed, bundle }: Pick<Checked, 'placed' | 'bundle'>): Conflicts {
  const agents = ofKind(placed, 'Agent').map(({ layer, manifest: { id, roles } }) => ({
    id,
    unit: layer,
    roles,
  }));
  const all = findConflicts(bundle, agents);
  return { total: all.length, list: all.slice(0, LISTED) };
}
