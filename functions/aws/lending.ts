import { delegationKey, delegationRow, type Lending } from '../../core/delegation/delegation.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from './registry.ts';

/** A delegation and those above it as they are now; an id that names none gives nothing to lean on. */
export async function loadLending(registry: Pick<Registry, 'load'>, id: string): Promise<Lending> {
  const [stored] = await registry.load([delegationKey(id)]);
  const delegation = stored && parseRow(delegationRow, stored);
  const above = delegation ? await registry.load(delegation.above.map(delegationKey)) : [];
  return { delegation, above: above.map((row) => row && parseRow(delegationRow, row)) };
}
