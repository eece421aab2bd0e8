import type { Refusal } from '../../core/change.ts';
import { type CompiledRelease, compileRelease } from '../../core/policy/compile-release.ts';
import type { Guard } from '../../core/policy/decision.ts';
import { guardsIn } from '../../core/policy/replay.ts';
import type { ReplayDeps } from './replay-routes.ts';

/** What a replay reads. */
export type Stored = Pick<ReplayDeps, 'releases' | 'recorded'>;

/** A stored release made ready to decide, whether it was ever in force or not. */
export async function openCandidate(
  { releases, recorded }: Stored,
  hash: string,
): Promise<CompiledRelease | Refusal<'unknown-release'>> {
  const isHash = /^[0-9a-f]{64}$/.test(hash);
  if (isHash && (await recorded.hasRelease(hash))) return compileRelease(await releases.load(hash), hash);
  return {
    refused: 'unknown-release',
    detail:
      'no release of this hash is stored here: `autonomy releases` lists those that were applied, ' +
      '`autonomy replay --dir DIR` stores one that was not',
  };
}

/** The guards of releases that decided once, loaded when first asked for; of one that can't be read, none. */
export function createPastGuards({ releases }: Pick<Stored, 'releases'>) {
  const known = new Map<string, ReadonlyMap<string, Guard> | undefined>();
  return {
    load: async (hashes: readonly string[]): Promise<void> => {
      const missing = [...new Set(hashes)].filter((hash) => !known.has(hash));
      for (const hash of missing) known.set(hash, await releases.load(hash).then(guardsIn, () => undefined));
    },
    of: (hash: string) => known.get(hash),
  };
}
