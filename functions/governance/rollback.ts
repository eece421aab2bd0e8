import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import type { Actor } from '../../core/event.ts';
import { activateRelease } from '../../core/policy/activate-release.ts';
import { compileRelease } from '../../core/policy/compile-release.ts';
import { type ActiveReleaseRow, type ReleaseBundle, releaseKey } from '../../core/policy/release.ts';
import type { RolledBack } from '../../core/policy/release-view.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { loadAuthority, refuseAllButCentre } from './load-scopes.ts';
import { loadActive } from './list-releases.ts';

/**
 * Puts a stored release in force again, in one step; the one already in force stays and nothing is written. It is
 * loaded by its hash and compiled first, so that what can't decide never comes into force: `ReleaseUnreadable`.
 */
export async function rollback(
  deps: ApplyDeps,
  hash: string,
  actor: Actor,
): Promise<RolledBack | Refusal<'unknown-release' | 'not-an-administrator' | 'outside-unit'>> {
  const foreign = await refuseAllButCentre(deps.registry, actor, 'in force');
  if (foreign) return foreign;
  const [known] = await deps.registry.load([releaseKey(hash)]);
  if (!known) return { refused: 'unknown-release', detail: unknown };
  const bundle = await deps.releases.load(hash);
  compileRelease(bundle, hash);
  const { person } = await loadAuthority(deps.registry, actor);
  let before: string | null = null;
  const decided = await decideAndCommit(deps.registry, async () => {
    const active = await loadActive(deps.registry);
    before = active?.release ?? null;
    return moveTo(active, { hash, bundle }, { actor, now: deps.now(), person });
  });
  return { release: hash, before, action: isRefusal(decided) ? 'none' : 'activate' };
}

const unknown =
  'no release of this hash was ever applied here: `autonomy releases` lists them; ' +
  'one from elsewhere comes by `autonomy apply` of its directory';

function moveTo(
  active: ActiveReleaseRow | undefined,
  release: { readonly hash: string; readonly bundle: ReleaseBundle },
  by: { readonly actor: Actor; readonly now: Date; readonly person: string | undefined },
): Change<ActiveReleaseRow> | Refusal<'in-force'> {
  if (active?.release === release.hash) return { refused: 'in-force', detail: 'it is in force already' };
  return activateRelease({ active, known: true }, release, { ...by, rollback: true });
}
