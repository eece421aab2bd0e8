import type { Actor } from '../../core/event.ts';
import { administratorsKey, administratorsRow, scopesOf } from '../../core/governance/administrator.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from '../aws/registry.ts';

/** The layers this administrator may change, consistently read. */
export async function loadScopes(
  registry: Pick<Registry, 'load'>,
  { id }: Actor,
): Promise<readonly string[]> {
  const [row] = await registry.load([administratorsKey]);
  return scopesOf(row && parseRow(administratorsRow, row), id);
}
