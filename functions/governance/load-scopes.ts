import type { Refusal } from '../../core/change.ts';
import type { Actor } from '../../core/event.ts';
import { checkAuthority } from '../../core/governance/check-authority.ts';
import {
  administratorsKey,
  administratorsRow,
  type Authority,
  authorityOf,
} from '../../core/governance/administrator.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from '../aws/registry.ts';

/** What this administrator may change and who it is, consistently read. */
export async function loadAuthority(registry: Pick<Registry, 'load'>, { id }: Actor): Promise<Authority> {
  const [row] = await registry.load([administratorsKey]);
  return authorityOf(row && parseRow(administratorsRow, row), id);
}

/** The scopes this administrator has. */
export async function loadScopes(registry: Pick<Registry, 'load'>, actor: Actor): Promise<readonly string[]> {
  return (await loadAuthority(registry, actor)).scopes;
}

/** A release is everyone's rules at once: which one decides, or looks on, is the centre's to say. */
export async function refuseAllButCentre(
  registry: Pick<Registry, 'load'>,
  actor: Actor,
  what: string,
): Promise<Refusal<'not-an-administrator' | 'outside-unit'> | undefined> {
  const everyones = { noun: 'release', id: what, layers: ['coe'] };
  return checkAuthority(await loadAuthority(registry, actor), [], [everyones]);
}
