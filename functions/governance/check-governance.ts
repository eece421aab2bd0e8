import { getCedarVersion } from '@cedar-policy/cedar-wasm/nodejs';
import { buildBundle } from '../../core/governance/build-bundle.ts';
import { checkManifests } from '../../core/governance/check-manifests.ts';
import {
  type Finding,
  type GovernanceBody,
  ofKind,
  type Placed,
  readManifests,
} from '../../core/governance/manifest.ts';
import { checkRelease } from '../../core/policy/check-release.ts';
import { readPolicyTests } from '../../core/policy/policy-test.ts';
import type { ReleaseBundle } from '../../core/policy/release.ts';
import { runPolicyTests } from '../../core/policy/run-policy-tests.ts';

/** Governance that was read: its manifests, the release they make, and what is wrong with either. */
export type Checked = {
  readonly placed: readonly Placed[];
  readonly bundle: ReleaseBundle;
  readonly findings: readonly Finding[];
};

/** All that must be right before a row is written; the cases run last, under a release that is whole. */
export function checkGovernance(body: GovernanceBody): Checked {
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

function placeOf(placed: readonly Placed[]) {
  const places = new Map(
    ofKind(placed, 'Tool').map(({ file, line, manifest }) => [manifest.name, { file, line }] as const),
  );
  return (tool: string) => places.get(tool) ?? { file: '', line: 1 };
}
