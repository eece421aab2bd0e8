import { getCedarVersion } from '@cedar-policy/cedar-wasm/nodejs';
import type { Actor } from '../../core/event.ts';
import { buildBundle } from '../../core/governance/build-bundle.ts';
import { checkManifests } from '../../core/governance/check-manifests.ts';
import {
  type Finding,
  type GovernanceBody,
  ofKind,
  type Placed,
  readManifests,
} from '../../core/governance/manifest.ts';
import { planRow, type Step, wantedRows } from '../../core/governance/plan-rows.ts';
import { activateRelease } from '../../core/policy/activate-release.ts';
import { checkRelease } from '../../core/policy/check-release.ts';
import { readPolicyTests } from '../../core/policy/policy-test.ts';
import {
  activeReleaseKey,
  activeReleaseRow,
  type ReleaseBundle,
  releaseHash,
  releaseKey,
} from '../../core/policy/release.ts';
import { runPolicyTests } from '../../core/policy/run-policy-tests.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import type { Releases } from '../aws/releases.ts';
import { findUnmanaged, type Unmanaged } from './find-unmanaged.ts';

export type ApplyDeps = {
  readonly registry: Registry;
  readonly releases: Releases;
  readonly now: () => Date;
};

export type Applied = {
  readonly changes: readonly Omit<Step, 'change'>[];
  readonly release: { readonly hash: string; readonly action: 'activate' | 'none' };
  readonly unmanaged: readonly Unmanaged[];
};

/**
 * Makes the registry and the release in force what the manifests say: checked as a whole first, then row by row in
 * dependency order, the release last. A second run finds nothing to do; an interrupted one goes on where it was.
 */
export async function applyGovernance(
  deps: ApplyDeps,
  body: GovernanceBody,
  { actor, plan }: { readonly actor: Actor; readonly plan: boolean },
): Promise<Applied | { readonly findings: readonly Finding[] }> {
  const { placed, bundle, findings: wrong } = check(body);
  if (wrong.length > 0) return { findings: wrong };
  const by = { actor, now: deps.now() };
  const wanted = wantedRows(placed);
  const stored = await deps.registry.load(wanted.map(({ key }) => key));
  const planned = wanted.map((want, n) => planRow(want, stored[n], by));
  const illegal = planned.filter((each) => 'reason' in each);
  if (illegal.length > 0) return { findings: illegal };
  const steps = planned.filter((each) => 'action' in each);
  if (!plan) await commitAll(deps, wanted, { ...by, steps });
  return {
    changes: steps.map(({ change, ...step }) => step),
    release: await release(deps, bundle, { ...by, plan }),
    unmanaged: await findUnmanaged(deps.registry, wanted),
  };
}

/** All that must be right before a row is written; the cases run last, under a release that is whole. */
function check(body: GovernanceBody) {
  const { placed, findings } = readManifests(body);
  const bundle = buildBundle(placed, body, getCedarVersion());
  const { tests, findings: misfits } = readPolicyTests(body);
  const wrong = [
    ...findings,
    ...misfits,
    ...checkManifests(placed, body),
    ...checkRelease(bundle, groupSizes(placed), placeOf(placed)),
  ];
  return { placed, bundle, findings: wrong.length > 0 ? wrong : runPolicyTests(bundle, tests) };
}

function groupSizes(placed: readonly Placed[]): Record<string, number> {
  const active = new Set(
    ofKind(placed, 'Person').flatMap(({ manifest }) => (manifest.status === 'active' ? [manifest.id] : [])),
  );
  const sizes = ofKind(placed, 'Group').map(
    ({ manifest }) => [manifest.id, manifest.members.filter((member) => active.has(member)).length] as const,
  );
  return Object.fromEntries(sizes);
}

const placeOf = (placed: readonly Placed[]) => (tool: string) => {
  const found = ofKind(placed, 'Tool').find(({ manifest }) => manifest.name === tool);
  return { file: found?.file ?? '', line: found?.line ?? 1 };
};

type By = { readonly actor: Actor; readonly now: Date };

/** Commits what differs; a row that changed meanwhile is planned again from what it is now. */
async function commitAll(
  deps: ApplyDeps,
  wanted: ReturnType<typeof wantedRows>,
  { steps, ...by }: By & { readonly steps: readonly Step[] },
): Promise<void> {
  for (const [n, step] of steps.entries()) {
    const want = wanted[n];
    if (step.action === 'none' || !want) continue;
    await decideAndCommit(deps.registry, async () => {
      const [row] = await deps.registry.load([want.key]);
      const again = planRow(want, row, by);
      if ('action' in again && again.change) return again.change;
      return { refused: 'done', detail: 'another writer made it so' };
    });
  }
}

async function release(
  deps: ApplyDeps,
  bundle: ReleaseBundle,
  { plan, ...by }: By & { readonly plan: boolean },
): Promise<Applied['release']> {
  const hash = releaseHash(bundle);
  const load = async () => {
    const [active, known] = await deps.registry.load([activeReleaseKey, releaseKey(hash)]);
    return { active: active && parseRow(activeReleaseRow, active), known: known !== undefined };
  };
  if ((await load()).active?.release === hash) return { hash, action: 'none' };
  if (plan) return { hash, action: 'activate' };
  await deps.releases.store(bundle);
  await decideAndCommit(deps.registry, async () => activateRelease(await load(), { hash, bundle }, by));
  return { hash, action: 'activate' };
}
