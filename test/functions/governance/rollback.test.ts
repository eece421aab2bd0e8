import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activeReleaseKey } from '../../../core/policy/release.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { createReleases } from '../../../functions/aws/releases.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { answered, signedBy } from '../../harness/http.ts';
import { organisation, withPolicy } from '../../harness/organisation.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
const onCall = 'arn:aws:iam::111122223333:role/on-call';
const closed = withPolicy(
  organisation(),
  `@id("operations-closed") @title("Closed") forbid (principal, action, resource);`,
);
let world: World;
let first: string;
let second: string;
beforeEach(async () => {
  world = await startWorld();
  first = String(await inForce());
  world.clock.now = new Date(NOW.getTime() + 60_000);
  second = (await world.apply(closed)).release.hash;
  world.clock.now = new Date(NOW.getTime() + 120_000);
});
afterEach(() => world.stop());

const inForce = async () => (await world.deps.registry.load([activeReleaseKey]))[0]?.['release'];
const api = (releases = world.releases) =>
  createGovernanceApi({ registry: world.deps.registry, releases, now: world.deps.now });
const rollback = async (hash: string, { caller = signedBy(onCall), releases = world.releases } = {}) =>
  answered(await api(releases).request(`/v1/releases/${hash}/activate`, { method: 'POST' }, caller));
const list = async (caller: object = signedBy(ops)) =>
  answered(await api().request('/v1/releases', {}, caller));
const activations = async () =>
  (await world.database.events()).filter(({ type }) => type === 'release.activated');

describe('a rollback', () => {
  it('puts the earlier release in force, which the very next action is judged by', async () => {
    expect(await world.act({})).toMatchObject({ status: 403 });
    expect(await rollback(first)).toMatchObject({
      status: 200,
      body: { release: first, before: second, action: 'activate' },
    });
    expect(await inForce()).toBe(first);
    expect(await world.act({})).toMatchObject({ status: 200 });
  });

  it('is one event by whoever signed it, marked, with what was in force before', async () => {
    await rollback(first);
    const events = await activations();
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({
      version: 3,
      release: first,
      actor: { kind: 'administrator', id: onCall },
      data: { before: second, rollback: true },
    });
  });

  it('changes nothing when the release is in force already', async () => {
    expect(await rollback(second)).toMatchObject({ status: 200, body: { before: second, action: 'none' } });
    expect(await activations()).toHaveLength(2);
  });

  it('is done once when two ask at the same time', async () => {
    const both = await Promise.all([rollback(first), rollback(first)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await activations()).toHaveLength(3);
  });

  it('lasts until the directory is applied again', async () => {
    await rollback(first);
    const applied = await world.apply(closed);
    expect(applied.release).toMatchObject({ hash: second, action: 'activate' });
    expect((await activations()).at(-1)?.data).toEqual({ before: first });
  });

  it.each([
    ['a release nobody applied', 'f'.repeat(64)],
    ['the beginning of a hash', 'abcdef12'],
    ['no hash at all', 'latest'],
  ])('to %s is a 404 that says what to do', async (_, hash) => {
    const refused = await rollback(hash);
    expect(refused).toMatchObject({ status: 404, body: { title: 'unknown-release' } });
    expect(refused.body['detail']).toContain('autonomy releases');
    expect(await inForce()).toBe(second);
  });

  it.each<[string, (bundle: string) => string]>([
    ['was tampered with', (bundle) => bundle.replace('10000.00', '99999.00')],
    ['is gone', () => ''],
  ])('never puts a release in force whose bundle %s', async (_, edit) => {
    const stored = edit(JSON.stringify(world.bundles.get(first)));
    const s3 = { send: async () => ({ Body: { transformToString: async () => stored } }) };
    const releases = createReleases(s3 as never, 'bucket');
    expect(await rollback(first, { releases })).toMatchObject({ status: 500 });
    expect(await inForce()).toBe(second);
  });

  it('never puts a release in force that does not compile', async () => {
    const bundle = world.bundles.get(first);
    if (!bundle) throw new Error('no bundle');
    const [policy, ...others] = bundle.policies;
    const broken = { ...bundle, policies: [{ ...policy!, text: 'permit (' }, ...others] };
    expect(
      await rollback(first, { releases: { ...world.releases, load: async () => broken } }),
    ).toMatchObject({
      status: 500,
    });
    expect(await inForce()).toBe(second);
  });

  it('is for signed callers alone, as is the list', async () => {
    expect(await rollback(first, { caller: {} as ReturnType<typeof signedBy> })).toMatchObject({
      status: 401,
    });
    expect(await list({})).toMatchObject({ status: 401 });
    expect(await inForce()).toBe(second);
  });
});

describe('the list of releases', () => {
  const releasesOf = async () => (await list()).body['releases'];

  it('shows the newest first, with their size, and since when one is in force', async () => {
    const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000).toISOString();
    expect(await releasesOf()).toEqual([
      expect.objectContaining({
        release: second,
        policies: 5,
        tools: 4,
        publishedAt: at(60),
        activatedAt: at(60),
      }),
      { release: first, policies: 4, tools: 4, publishedAt: at(0), engine: expect.any(String) as string },
    ]);
    await rollback(first);
    expect(await releasesOf()).toEqual([
      expect.not.objectContaining({ activatedAt: expect.any(String) as string }),
      expect.objectContaining({ release: first, publishedAt: at(0), activatedAt: at(120) }),
    ]);
  });
});
