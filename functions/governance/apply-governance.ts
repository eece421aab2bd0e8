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
import { askCouncil, proposalOf } from './ask-council.ts';
import { commitRows } from './commit-rows.ts';
import { type Conflicts, ruledConflicts } from './plan-conflicts.ts';
import type { Unmanaged } from './find-unmanaged.ts';
import { loadSeats } from './load-seats.ts';
import { loadActive } from './list-releases.ts';
import { type By, type Plan, planGovernance } from './plan-governance.ts';
import type { Proposal } from './propose.ts';

export type ApplyDeps = {
  readonly registry: Registry;
  readonly releases: Releases;
  readonly now: () => Date;
};

export type Applied = {
  readonly changes: readonly (Omit<Step, 'change' | 'warnings'> & { readonly waits?: true })[];
  readonly release: {
    readonly hash: string;
    /** `propose`: the council is asked, and nothing comes into force before it agrees. */
    readonly action: 'activate' | 'propose' | 'none';
    readonly differences: readonly ReleaseDifference[];
  };
  /** What waits for the council; with where and until when, once it was asked. */
  readonly proposal?: Proposal;
  readonly unmanaged: readonly Unmanaged[];
  /** What to know though nothing was refused: tools that count as unreviewed, agents suspended, keys revoked. */
  readonly warnings: readonly string[];
  /** Of a plan: rules that contradict each other. */
  readonly conflicts?: Conflicts;
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
  if (options.plan) return { ...answer(plan, 0), conflicts: await ruledConflicts(deps.registry, checked) };
  const steps = plan.rows.map(({ step }) => step);
  const refused = checkAuthority(plan.authority, steps, plan.release.differences);
  if (refused) return refused;
  const remaining = await commitRows(
    deps.registry,
    plan.rows.filter(({ waits }) => !waits),
    timeIsUp,
  );
  if (remaining > 0) return answer(plan, remaining);
  if (proposalOf(plan)) return answer(plan, 0, await askCouncil(deps, { plan, bundle: checked.bundle }, by));
  const lost = await putInForce(deps, checked.bundle, plan, by);
  return lost ?? answer(plan, 0);
}

function answer(plan: Plan, remaining: number, asked: Partial<Proposal> = {}): Applied {
  const { rows, release, unmanaged, notices } = plan;
  const { hash, before, differences } = release;
  const proposal = proposalOf(plan);
  const action = proposal?.release ? 'propose' : 'activate';
  return {
    changes: rows.map(({ step: { change, warnings, ...step }, waits }) => ({
      ...step,
      ...(waits && { waits }),
    })),
    release: { hash, action: before === hash ? 'none' : action, differences },
    ...(proposal && { proposal: { ...proposal, ...asked } }),
    unmanaged,
    warnings: [...notices, ...rows.flatMap(({ step }) => step.warnings ?? [])],
    remaining,
  };
}

/** Puts the release in force in the place of the one it was compared with, and of no other. */
async function putInForce(
  deps: ApplyDeps,
  bundle: ReleaseBundle,
  { release: { hash, before }, rows, seated, authority }: Plan,
  by: By,
): Promise<Refusal<'changed-meanwhile'> | undefined> {
  if (hash === before) return undefined;
  await deps.releases.store(bundle);
  const founding = before === undefined || rows.some(({ step }) => step.noun === 'council');
  const decided = await decideAndCommit(deps.registry, async () => {
    const active = await loadActive(deps.registry);
    if (active?.release === hash) return { refused: 'in-force', detail: 'another apply made it so' } as const;
    if (active?.release !== before) return overtaken;
    if (!seated && !founding && (await loadSeats(deps.registry))) return overtaken;
    const [known] = await deps.registry.load([releaseKey(hash)]);
    const { person } = authority;
    return activateRelease({ active, known: known !== undefined }, { hash, bundle }, { ...by, person });
  });
  return isRefusal(decided) && decided.refused === 'changed-meanwhile' ? decided : undefined;
}

const overtaken = {
  refused: 'changed-meanwhile',
  detail: 'another release came into force since this one was compared: plan again and look at what changes',
} as const;
