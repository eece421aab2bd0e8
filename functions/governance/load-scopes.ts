import type { Refusal } from '../../core/change.ts';
import type { Actor } from '../../core/event.ts';
import { checkAuthority } from '../../core/governance/check-authority.ts';
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

/** A release is everyone's rules at once: which one decides, or looks on, is the centre's to say. */
export async function refuseAllButCentre(
  registry: Pick<Registry, 'load'>,
  actor: Actor,
  what: string,
): Promise<Refusal<'not-an-administrator' | 'outside-unit'> | undefined> {
  const everyones = { noun: 'release', id: what, layers: ['coe'] };
  return checkAuthority(await loadScopes(registry, actor), [], [everyones]);
}
