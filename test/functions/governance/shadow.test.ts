import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createReleases } from '../../../functions/aws/releases.ts';
import { createRecordedDecisions } from '../../../functions/aws/recorded-decisions.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { shadowRoutes } from '../../../functions/governance/shadow-routes.ts';
import { figuresOf } from '../../../functions/relay/figures-of.ts';
import { startBucket, type TestBucket } from '../../harness/bucket.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { answered, signedBy } from '../../harness/http.ts';
import { organisation, withoutPolicy, withPolicy } from '../../harness/organisation.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
let world: World;
let bucket: TestBucket;
let closed: string;
let lenient: string;
beforeAll(async () => {
  world = await startWorld();
  bucket = await startBucket();
  closed = await stored(
    withPolicy(
      organisation(),
      `@id("operations-closed") @title("Closed") forbid (principal, action, resource);`,
    ),
  );
  lenient = await stored(withoutPolicy(organisation(), 'operations-orders-over-1k'));
  await world.apply(organisation());
});
afterEach(() => put(null));
afterAll(async () => {
  await world.stop();
  await bucket.stop();
});

/** Applies a body to have its release, which the last apply of `beforeAll` puts out of force again. */
async function stored(body: ReturnType<typeof organisation>): Promise<string> {
  const { hash } = (await world.apply(body)).release;
  const bundle = world.bundles.get(hash);
  if (bundle) await createReleases(bucket.client, bucket.name).store(bundle);
  return hash;
}

async function ask(init: RequestInit = {}, caller: object = signedBy(ops)) {
  const { registry, now } = world.deps;
  const deps = {
    registry,
    now,
    releases: createReleases(bucket.client, bucket.name),
    recorded: createRecordedDecisions(bucket.client, bucket.name),
  };
  const api = createGovernanceApi(deps);
  shadowRoutes(api, deps);
  return answered(await api.request('/v1/shadow', init, caller));
}
const put = (release: string | null, caller?: object) =>
  ask(
    { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ release }) },
    caller,
  );
const large = { input: { ...order, total: '2000.00' } };
async function lastDecided(id: unknown) {
  const events = (await world.database.events()).filter(({ subject }) => subject === `ACTION#${String(id)}`);
  return events[0];
}

describe('a release in the shadow', () => {
  it('changes no answer, and what it would have decided otherwise stands in the action’s event', async () => {
    expect(await put(closed)).toMatchObject({ status: 200, body: { release: closed } });
    const { status, body } = await world.act({});
    expect(status).toBe(200);
    const event = await lastDecided(body['id']);
    expect(event?.data['decided']).toMatchObject({
      outcome: 'allow',
      shadow: { release: closed, kind: 'allow-to-deny', outcome: 'deny', policies: ['operations-closed'] },
    });
    expect(event && figuresOf(event)).toContainEqual(
      expect.objectContaining({ name: 'ShadowDifferences', value: 1 }),
    );
  });

  it('would loosen nothing for anyone yet: what is held stays held', async () => {
    await put(lenient);
    const { status, body } = await world.act(large);
    expect(status).toBe(202);
    const event = await lastDecided(body['id']);
    expect(event?.data['decided']).toMatchObject({ shadow: { kind: 'hold-to-allow', outcome: 'allow' } });
  });

  it('says nothing where both agree, and nothing at all once it is out', async () => {
    await put(lenient);
    const agreed = await lastDecided((await world.act({})).body['id']);
    expect(agreed?.data['decided']).not.toHaveProperty('shadow');
    expect(agreed && figuresOf(agreed).map(({ name }) => name)).toEqual(['ActionsAllowed']);
    await put(closed);
    await put(null);
    const out = await lastDecided((await world.act({})).body['id']);
    expect(out?.data['decided']).not.toHaveProperty('shadow');
  });

  it('is put there and taken out with an event each, by whoever signed it', async () => {
    await put(lenient);
    await put(lenient);
    await put(null);
    const events = (await world.database.events()).filter(({ subject }) => subject === 'SHADOW').slice(-2);
    expect(events).toMatchObject([
      { type: 'release.shadowed', release: lenient, actor: { id: ops } },
      { type: 'release.unshadowed', release: lenient, actor: { id: ops } },
    ]);
  });

  it('must be stored here, and comes from signed callers alone', async () => {
    expect(await put('0'.repeat(64))).toMatchObject({ status: 404, body: { title: 'unknown-release' } });
    expect(await put(closed, {})).toMatchObject({ status: 401 });
    expect(await ask({}, {})).toMatchObject({ status: 401 });
    expect((await ask()).body).toEqual({ release: null });
  });
});
