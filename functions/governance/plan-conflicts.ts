import type { Ruling } from '../../core/action/conflict-question.ts';
import { ofKind } from '../../core/governance/manifest.ts';
import { type Conflict, findConflicts } from '../../core/policy/find-conflicts.ts';
import type { Registry } from '../aws/registry.ts';
import type { Checked } from './check-governance.ts';
import { loadRulings } from './conflict-rulings.ts';

/** How many conflicts there are, and the first of them: an answer has its size. */
export type Conflicts = { readonly total: number; readonly list: readonly RuledConflict[] };

/** A conflict with what the council says of it, once it was asked. */
export type RuledConflict = Conflict & { readonly ruling?: Ruling };

const LISTED = 1_000;

/** What in a directory's rules contradicts each other: told with every plan, and no reason to refuse one. */
export function planConflicts(checked: Pick<Checked, 'placed' | 'bundle'>): Conflicts {
  const all = conflictsOf(checked);
  return { total: all.length, list: all.slice(0, LISTED) };
}

/** The same with the council's rulings. */
export async function ruledConflicts(
  registry: Pick<Registry, 'load'>,
  checked: Pick<Checked, 'placed' | 'bundle'>,
): Promise<Conflicts> {
  const { total, list } = planConflicts(checked);
  const rulings = await loadRulings(
    registry,
    list.map(({ id }) => id),
  );
  const ruled = list.map((conflict) => {
    const ruling = rulings.get(conflict.id);
    return ruling ? { ...conflict, ruling } : conflict;
  });
  return { total, list: ruled };
}

/** All of them, however many. */
export function conflictsOf({ placed, bundle }: Pick<Checked, 'placed' | 'bundle'>): readonly Conflict[] {
  const agents = ofKind(placed, 'Agent').map(({ layer, manifest: { id, roles } }) => ({
    id,
    unit: layer,
    roles,
  }));
  return findConflicts(bundle, agents);
}
