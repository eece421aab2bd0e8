import type { Finding, GovernanceBody } from '../../core/governance/manifest.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { checkGovernance } from './check-governance.ts';

/**
 * Stores the release a directory would make, checked as apply checks it, and puts nothing in force: no row knows of
 * it, so no rollback reaches it. Stored again it is the same object.
 */
export async function storeCandidate(
  { releases }: Pick<ApplyDeps, 'releases'>,
  body: GovernanceBody,
): Promise<{ readonly release: string } | { readonly findings: readonly Finding[] }> {
  const { bundle, findings } = checkGovernance(body);
  if (findings.length > 0) return { findings };
  return { release: await releases.store(bundle) };
}
