import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { minuteKey } from '../../../core/policy/recorded-decision.ts';
import { releaseKey } from '../../../core/policy/release.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { createRecordedDecisions } from '../../../functions/aws/recorded-decisions.ts';
import { createReleases } from '../../../functions/aws/releases.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { type ReplayDeps, replayRoutes } from '../../../functions/governance/replay-routes.ts';
import { startBucket, type TestBucket } from '../../harness/bucket.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { type Answered, answered, signedBy } from '../../harness/http.ts';
import { change, guard, organisation, withoutPolicy, withPolicy } from '../../harness/organisation.ts';
import { holdOrder, vote } from '../../harness/votes.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
let world: World;
let bucket: TestBucket;
let deps: ReplayDeps;
let first: string;
beforeAll(async () => {
  world = await startWorld();
  bucket = await startBucket();
  deps = {
    registry: world.deps.registry,
    releases: createReleases(bucket.client, bucket.name),
    recorded: createRecordedDecisions(bucket.client, bucket.name),
    now: world.deps.now,
  };
  first = (await world.apply(organisation())).release.hash;
  await storeAll();
});
afterAll(async () => {
  await world.stop();
  await bucket.stop();
});

let day = 0;
/** Each test has a day of its own, so that it replays only its own decisions. */
beforeEach(() => {
  day += 1;
  world.clock.now = at(0);
});
const at = (seconds: number) => new Date(NOW.getTime() + day * 86_400_000 + seconds * 1000);
const stamp = (seconds: number) => at(seconds).toISOString();

async function storeAll(): Promise<void> {
  for (const bundle of world.bundles.values()) await deps.releases.store(bundle);
}
async function ask(path: string, init: RequestInit = {}, caller: object = signedBy(ops)): Promise<Answered> {
  const api = createGovernanceApi(deps);
  replayRoutes(api, deps);
  return answered(await api.request(path, init, caller));
}
const post = (body: unknown, caller?: object) =>
  ask(
    '/v1/releases',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    caller,
  );
const window = (more = {}) =>
  new URLSearchParams({ since: stamp(0), until: stamp(3600), ...more }).toString();
const replayed = (hash: string, more = {}) => ask(`/v1/releases/${hash}/replay?${window(more)}`);
const keep = async () =>
  createRecordedDecisions(bucket.client, bucket.name).keep(
    (await world.database.events()).filter((event) => event.at >= stamp(0)),
  );
const stored = async () => {
  const list = new ListObjectsV2Command({ Bucket: bucket.name, Prefix: 'releases/' });
  return (await bucket.client.send(list)).Contents?.map(({ Key }) => Key);
};
const sized = (total: string) => ({ input: { ...order, total } });
type Flips = { kind: string; count: number; examples: { action: string }[] }[];
const flipsOf = ({ body }: Answered) => (body['flips'] as Flips).map(({ kind, count }) => [kind, count]);

/** One decision allowed, one held, one forbidden, one about an unknown tool. */
async function decideFour(): Promise<void> {
  await world.act({});
  await world.act(sized('2000.00'));
  await world.act({ input: { ...order, vendor: 'Shady' } });
  await world.act({ tool: 'erp.nothing', input: {} });
}
const lenient = withoutPolicy(
  withoutPolicy(organisation(), 'operations-blocked-vendors'),
  'operations-orders-over-1k',
);

describe('a replay of what the door decided', () => {
  it('gives no flip under the release that decided, held ones included', async () => {
    await decideFour();
    await keep();
    expect(await replayed(first)).toMatchObject({
      status: 200,
      body: { release: first, decided: 4, flips: [], unreadable: [], undecided: 0 },
    });
  });

  it('lists what a release nobody applied would have decided otherwise', async () => {
    await decideFour();
    await keep();
    const { status, body } = await post(lenient);
    expect(status).toBe(201);
    const answer = await replayed(String(body['release']));
    expect(flipsOf(answer)).toEqual([
      ['deny-to-allow', 1],
      ['hold-to-allow', 1],
    ]);
    expect((answer.body['flips'] as Flips)[0]?.examples).toMatchObject([
      { agent: 'agt_buyer', from: { policies: ['operations-blocked-vendors'] }, to: { outcome: 'allow' } },
    ]);
  });

  it('sees that a guard asks for more people, by the release that held', async () => {
    await world.act(sized('2000.00'));
    await keep();
    const stricter = withPolicy(
      withoutPolicy(organisation(), 'operations-orders-over-1k'),
      guard('operations-orders-over-1k', 'budget-owners:2', '1000.00'),
    );
    const { body } = await post(stricter);
    expect(flipsOf(await replayed(String(body['release'])))).toEqual([['hold-otherwise', 1]]);
  });

  it('holds to the facts of then, whatever became of the agent', async () => {
    await decideFour();
    await keep();
    await world.apply(change(organisation(), 'Agent agt_buyer', { roles: [] }));
    expect((await replayed(first)).body).toMatchObject({ decided: 4, flips: [] });
    await world.apply(organisation());
  });

  it('leaves out what was decided after people voted, and what lies outside the window', async () => {
    const held = await holdOrder(world);
    await vote(world, held, 'ada');
    await executeApproved(world.deps, held.action);
    world.clock.now = at(600);
    await world.act({});
    world.clock.now = at(3600);
    await world.act({});
    await keep();
    expect((await replayed(first)).body).toMatchObject({ decided: 2 });
    expect((await replayed(first, { since: stamp(1) })).body).toMatchObject({ decided: 1 });
    expect((await replayed(first, { until: stamp(3601) })).body).toMatchObject({ decided: 3 });
    const since = stamp(600).replace('Z', '+00:00');
    expect((await replayed(first, { since })).body).toMatchObject({ decided: 1 });
  });

  it('counts a decision once that was delivered twice', async () => {
    await decideFour();
    await keep();
    const [event] = (await world.database.events()).filter((each) => each.at >= stamp(0));
    await createRecordedDecisions(bucket.client, bucket.name).keep(event ? [event] : []);
    expect((await replayed(first)).body).toMatchObject({ decided: 4 });
  });

  it('names what it could not read, by reason, and goes on', async () => {
    await decideFour();
    await keep();
    const Body = ['{"v":2}', 'not json', ''].join('\n');
    const Key = `${minuteKey(stamp(0))}-00000000000000ff.ndjson`;
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body }));
    const { body } = await replayed(first);
    expect(body).toMatchObject({ decided: 4 });
    expect(body['unreadable']).toEqual([
      { why: expect.stringMatching(/^another format: v, /) as string, count: 1 },
      { why: 'no JSON', count: 1 },
    ]);
  });
});

describe('a long replay', () => {
  /** Answers after one file: the clock says that its time is up. */
  const hasty = (): ReplayDeps => {
    let asked = 0;
    return { ...deps, now: () => new Date(at(0).getTime() + (asked++ % 2) * 20_000) };
  };
  async function pages(hash: string): Promise<Answered[]> {
    const api = createGovernanceApi(deps);
    replayRoutes(api, hasty());
    const all: Answered[] = [];
    for (let cursor: string | undefined; all.length < 20; cursor = String(all.at(-1)?.body['cursor'])) {
      const query = window(cursor === undefined ? {} : { cursor });
      all.push(await answered(await api.request(`/v1/releases/${hash}/replay?${query}`, {}, signedBy(ops))));
      if (all.at(-1)?.body['cursor'] === undefined) break;
    }
    return all;
  }

  it('comes in pages that together decide each decision once, though some were delivered twice', async () => {
    const kept = createRecordedDecisions(bucket.client, bucket.name);
    for (let n = 0; n < 6; n += 1) {
      world.clock.now = at(n * 40);
      await world.act({});
    }
    const events = (await world.database.events()).filter(({ at: when }) => when >= stamp(0));
    for (const event of events) await kept.keep([event]);
    await kept.keep(events);
    const all = await pages(first);
    expect(all.length).toBeGreaterThan(6);
    const decided = all.map(({ body }) => Number(body['decided']));
    expect(decided.reduce((sum, each) => sum + each)).toBe(6);
  });
});

describe('what can not be replayed', () => {
  it.each([
    ['a hash nobody stored', () => `${'f'.repeat(64)}/replay?${window()}`, 404, 'unknown-release'],
    ['no hash', () => `latest/replay?${window()}`, 404, 'unknown-release'],
    ['no window', () => `${first}/replay`, 400, 'invalid-body'],
    ['a window of words', () => `${first}/replay?since=yesterday`, 400, 'invalid-body'],
    [
      'a cursor nobody gave',
      () => `${first}/replay?${window({ cursor: 'releases/x' })}`,
      400,
      'invalid-body',
    ],
    ['a setting there is not', () => `${first}/replay?${window({ limit: '5' })}`, 400, 'invalid-body'],
  ])('is refused by name: %s', async (_, path, status, title) => {
    expect(await ask(`/v1/releases/${path()}`)).toMatchObject({ status, body: { title } });
  });

  it('is a candidate that would not be applied: nothing of it is stored', async () => {
    const before = await stored();
    const wrong = withPolicy(
      organisation(),
      '@id("operations-odd") permit (principal, action, resource) when { context.x };',
    );
    const refused = await post(wrong);
    expect(refused).toMatchObject({ status: 422, body: { title: 'governance-refused' } });
    expect((refused.body['findings'] as object[])[0]).toMatchObject({ file: 'operations.cedar', line: 9 });
    expect(await stored()).toEqual(before);
  });

  it('is asked by a caller who did not sign', async () => {
    const { action } = await holdOrder(world);
    const asked = [
      post(organisation(), {}),
      ask(`/v1/releases/${first}/replay?${window()}`, {}, {}),
      ask(`/v1/decisions/${action}/replay`, {}, {}),
    ];
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});

describe('a candidate', () => {
  it('is stored and not in force: no row knows of it, and no rollback reaches it', async () => {
    const before = await world.database.events();
    const hash = String((await post(lenient)).body['release']);
    expect((await post(lenient)).body['release']).toBe(hash);
    expect((await world.deps.registry.load([releaseKey(hash)]))[0]).toBeUndefined();
    expect(await ask(`/v1/releases/${hash}/activate`, { method: 'POST' })).toMatchObject({ status: 404 });
    expect(await world.database.events()).toEqual(before);
  });
});

describe('one decision replayed', () => {
  const replayOne = (id: string, query = '') => ask(`/v1/decisions/${id}/replay${query}`);

  it('is the same under the release in force, and another under one that differs', async () => {
    const { action } = await holdOrder(world);
    const { body } = await post(lenient);
    const asks = ['operations-orders-over-1k: budget-owners:1 within 60 min'];
    expect(await replayOne(action)).toMatchObject({
      status: 200,
      body: { action, kind: 'same', releases: { from: first, to: first }, from: { asks }, to: { asks } },
    });
    expect((await replayOne(action, `?release=${String(body['release'])}`)).body).toMatchObject({
      kind: 'hold-to-allow',
      agent: 'agt_buyer',
      to: { outcome: 'allow', policies: ['operations-buyers-work'] },
    });
  });

  it('counts the guards people had lifted when it was decided last', async () => {
    const held = await holdOrder(world);
    await vote(world, held, 'ada');
    await executeApproved(world.deps, held.action);
    expect((await replayOne(held.action)).body).toMatchObject({ kind: 'same', from: { outcome: 'allow' } });
    const twice = withPolicy(organisation(), guard('operations-second-look', 'finance:2', '1500.00'));
    const { body } = await post(twice);
    expect((await replayOne(held.action, `?release=${String(body['release'])}`)).body).toMatchObject({
      kind: 'allow-to-hold',
      to: { policies: ['operations-second-look'] },
    });
  });

  it('is a 404 for what there is not', async () => {
    const { action } = await holdOrder(world);
    expect(await replayOne('act_00000000')).toMatchObject({ status: 404, body: { title: 'unknown-action' } });
    expect(await replayOne(action, '?release=abc')).toMatchObject({
      status: 404,
      body: { title: 'unknown-release' },
    });
  });
});
