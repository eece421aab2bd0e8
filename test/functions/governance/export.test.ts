import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readGovernance } from '../../../client/governance-files.ts';
import { writeGovernance } from '../../../client/write-governance.ts';
import { exportGovernance } from '../../../core/governance/export-governance.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { applyGovernance } from '../../../functions/governance/apply-governance.ts';
import { exportLive } from '../../../functions/governance/export-live.ts';
import { startDatabase, type TestDatabase } from '../../harness/dynamodb.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { organisation } from '../../harness/organisation.ts';

const blueprint = resolve(import.meta.dirname, '../../../blueprints/procurement/governance');
const key = (name: string) => `{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"${name}-1"}`;
const pilot = readGovernance(blueprint, {
  ERP_URL: 'http://127.0.0.1:4100',
  STAGE: 'local',
  KEY_GATHER: key('gather'),
  KEY_ANALYSE: key('analyse'),
  KEY_ACT: key('act'),
  KEY_STANDBY: key('standby'),
});
const actor = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;
let world: World;
let home: string;
let empty: TestDatabase;
beforeEach(async () => {
  empty = await startDatabase();
});
afterEach(() => empty.stop());
beforeAll(async () => {
  world = await startWorld();
  home = mkdtempSync(join(tmpdir(), 'autonomy-export-'));
});
afterAll(async () => {
  rmSync(home, { recursive: true });
  await world.stop();
});

const deps = () => ({ registry: empty.registry, releases: world.releases, now: world.deps.now });
async function run(body: GovernanceBody, options: { plan: boolean; prune?: boolean }) {
  const applied = await applyGovernance(deps(), body, { actor, ...options });
  if (!('changes' in applied)) throw new Error(JSON.stringify(applied));
  return applied;
}

describe('what is live, written as a directory', () => {
  it.each([
    ['the pilot’s governance', pilot],
    ['a company with two units', organisation()],
  ])('plans empty under the same release: %s', async (name, body) => {
    const { release } = await run(body, { plan: false });
    const directory = join(home, name.replaceAll(' ', '-'));
    const { notes, ...exported } = await exportLive(deps());
    writeGovernance(directory, exported);
    const planned = await run(readGovernance(directory, {}), { plan: true });
    expect(planned.changes.filter(({ action }) => action !== 'none')).toEqual([]);
    expect(planned.release).toEqual({ hash: release.hash, action: 'none', differences: [] });
    expect(planned.unmanaged).toEqual([]);
    expect(notes.join().includes('no policy tests')).toBe(!body.tests?.length);
  });

  it('keeps policies in the files they stood in, in their order', async () => {
    await run(pilot, { plan: false });
    const { policies } = await exportLive(deps());
    const places = (all: GovernanceBody['policies']) => all.map(({ file, text }) => `${file}\n${text}`);
    expect(places(policies)).toEqual(places(pilot.policies));
  });

  it('keeps cases as they were written, in the files they stood in', async () => {
    await run(pilot, { plan: false });
    const { tests } = await exportLive(deps());
    expect(tests.length).toBeGreaterThan(10);
    expect(tests).toEqual(pilot.tests?.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)));
  });

  it('keeps a policy out of places that are not its layer’s', async () => {
    const policies = organisation().policies.map((policy) => ({ ...policy, file: '../../.ssh/x.cedar' }));
    await run({ ...organisation(), policies: [...policies, ...closed] }, { plan: false });
    const exported = await exportLive(deps());
    expect(new Set(exported.policies.map(({ file }) => file))).toEqual(
      new Set(['units/operations/policies/policies.cedar']),
    );
  });
});

describe('a release of before reviews named a definition', () => {
  it('is written as reviewed as it was', async () => {
    const { release } = await run(organisation(), { plan: false });
    const bundle = await world.releases.load(release.hash);
    const reviews = bundle.reviews?.map(({ definition, ...review }) => review);
    const { manifests } = exportGovernance([], { ...bundle, reviews });
    const named = ({ kind }: { kind?: string }) => kind === 'ToolReview';
    const of = (body: GovernanceBody) =>
      body.manifests.map(({ document }) => document as { kind?: string; tool?: string }).filter(named);
    const byTool = (all: ReturnType<typeof of>) => new Map(all.map((each) => [each.tool, each]));
    expect(byTool(of({ manifests, policies: [] }))).toEqual(byTool(of(organisation())));
  });
});

const closed = [
  {
    file: 'units/operations/../../../x.cedar',
    line: 1,
    layer: 'operations',
    text: '@id("operations-closed") forbid (principal, action, resource);',
  },
];

describe('a release’s name', () => {
  it('does not depend on where its policies stand', async () => {
    const { release } = await run(organisation(), { plan: false });
    const moved = organisation().policies.map((policy) => ({ ...policy, file: 'elsewhere.cedar', line: 99 }));
    expect((await run({ ...organisation(), policies: moved }, { plan: true })).release).toEqual({
      hash: release.hash,
      action: 'none',
      differences: [],
    });
  });
});
