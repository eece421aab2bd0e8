import { isRefusal, type Refusal } from '../../core/change.ts';
import type { Actor } from '../../core/event.ts';
import { checkAuthority } from '../../core/governance/check-authority.ts';
import type { ReleaseDifference } from '../../core/governance/compare-releases.ts';
import type { Finding, GovernanceBody } from '../../core/governance/manifest.ts';
import type { Step } from '../../core/governance/plan-rows.ts';
import { activateRelease } from '../../core/policy/activate-release.ts';
import { type ReleaseBundle, releaseKey } from '../../core/policy/release.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import type { Releases } from '../aws/releases.ts';
import { checkGovernance } from './check-governance.ts';
import { commitRows } from './commit-rows.ts';
import type { Unmanaged } from './find-unmanaged.ts';
import { loadActive } from './list-releases.ts';
import { type By, type Plan, planGovernance } from './plan-governance.ts';

export type ApplyDeps = {
  readonly registry: Registry;
  readonly releases: Releases;
  readonly now: () => Date;
};

export type Applied = {
  readonly changes: readonly Omit<Step, 'change' | 'warnings'>[];
  readonly release: {
    readonly hash: string;
    readonly action: 'activate' | 'none';
    readonly differences: readonly ReleaseDifference[];
  };
  readonly unmanaged: readonly Unmanaged[];
  /** What to know though nothing was refused: agents suspended, keys revoked. */
  readonly warnings: readonly string[];
  /** Rows time did not suffice for: apply again and it goes on. The release comes into force with the last one. */
  readonly remaining: number;
};

type No = Refusal<'not-an-administrator' | 'outside-unit' | 'changed-meanwhile'>;

/** Row commits stop then, so that the answer comes before API Gateway stops waiting at 30 s. */
const COMMIT_MS = 18_000;

/**
 * Makes the registry and the release in force what the manifests say: checked as a whole first, then row by row in
 * dependency order, the release last. A second run finds nothing to do; an interrupted one goes on where it was.
 */
export async function applyGovernance(
  deps: ApplyDeps,
  body: GovernanceBody,
  options: { readonly actor: Actor; readonly plan: boolean; readonly prune?: boolean },
): Promise<Applied | { readonly findings: readonly Finding[] } | No> {
  const now = deps.now();
  const timeIsUp = () => deps.now().getTime() - now.getTime() > COMMIT_MS;
  const checked = checkGovernance(body);
  if (checked.findings.length > 0) return { findings: checked.findings };
  const by = { actor: options.actor, now };
  const plan = await planGovernance(deps, checked, { ...by, prune: options.prune ?? false });
  if ('findings' in plan) return plan;
  if (options.plan) return answer(plan, 0);
  const steps = plan.rows.map(({ step }) => step);
  const refused = checkAuthority(plan.scopes, steps, plan.release.differences);
  if (refused) return refused;
  const remaining = await commitRows(deps.registry, plan.rows, timeIsUp);
  const lost =
    remaining === 0 ? await putInForce(deps, checked.bundle, { ...by, ...plan.release }) : undefined;
  return lost ?? answer(plan, remaining);
}

function answer({ rows, release, unmanaged }: Plan, remaining: number): Applied {
  const { hash, before, differences } = release;
  return {
    changes: rows.map(({ step: { change, warnings, ...step } }) => step),
    release: { hash, action: before === hash ? 'none' : 'activate', differences },
    unmanaged,
    warnings: rows.flatMap(({ step }) => step.warnings ?? []),
    remaining,
  };
}

/** Puts the release in force in the place of the one it was compared with, and of no other. */
async function putInForce(
  deps: ApplyDeps,
  bundle: ReleaseBundle,
  { hash, before, ...by }: By & Pick<Plan['release'], 'hash' | 'before'>,
): Promise<Refusal<'changed-meanwhile'> | undefined> {
  if (hash === before) return undefined;
  await deps.releases.store(bundle);
  const decided = await decideAndCommit(deps.registry, async () => {
    const active = await loadActive(deps.registry);
    if (active?.release === hash) return { refused: 'in-force', detail: 'another apply made it so' } as const;
    if (active?.release !== before) return overtaken;
    const [known] = await deps.registry.load([releaseKey(hash)]);
    return activateRelease({ active, known: known !== undefined }, { hash, bundle }, by);
  });
  return isRefusal(decided) && decided.refused === 'changed-meanwhile' ? decided : undefined;
}

const overtaken = {
  refused: 'changed-meanwhile',
  detail: 'another release came into force since this one was compared: plan again and look at what changes',
} as const;
