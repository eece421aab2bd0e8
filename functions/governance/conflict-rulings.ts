import { actionKey, actionRow } from '../../core/action/action.ts';
import { questionIdOf, type Ruling, rulingOf } from '../../core/action/conflict-question.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from '../aws/registry.ts';

type Reads = Pick<Registry, 'load'>;

/** Where each of these conflicts stands with the council; those it has no word on, and was not asked about, are absent. */
export async function loadRulings(
  registry: Reads,
  conflicts: readonly string[],
): Promise<ReadonlyMap<string, Ruling>> {
  const rulings = new Map<string, Ruling>();
  let asking = [...new Set(conflicts)];
  for (let n = 1; asking.length > 0; n += 1) {
    const rows = await registry.load(asking.map((id) => actionKey(questionIdOf(id, n))));
    asking = asking.filter((id, at) => {
      const ruling = rows[at] && rulingOf(parseRow(actionRow, rows[at]));
      if (ruling) rulings.set(id, ruling);
      return rows[at] !== undefined && !ruling;
    });
  }
  return rulings;
}
