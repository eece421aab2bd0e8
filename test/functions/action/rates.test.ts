import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
let hour = 0;
beforeEach(() => {
  hour += 1;
  world.clock.now = new Date(NOW.getTime() + hour * 3_600_000);
  world.erp.calls.length = 0;
});
const later = (seconds: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000);
};
const statuses = async (count: number, ask: object = {}) => {
  const answers = [];
  for (let n = 0; n < count; n += 1) answers.push(await world.act(ask));
  return answers.map(({ status }) => status);
};

describe('a rate', () => {
  it('of an agent lets a minute’s worth through at once, then one at a time as it fills', async () => {
    await world.apply(change(organisation(), 'Agent agt_buyer', { requestsPerMinute: 3 }));
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
    later(20);
    expect(await statuses(2)).toEqual([200, 429]);
    expect(await statuses(1, { as: 'agt_second' })).toEqual([200]);
    later(60);
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  });

  it('tells what is left of it, and when to come again', async () => {
    await world.apply(change(organisation(), 'Agent agt_buyer', { requestsPerMinute: 2 }));
    const first = await world.act({});
    expect(first.headers.get('ratelimit-policy')).toBe('"agent";q=2;w=60');
    expect(first.headers.get('ratelimit')).toBe('"agent";r=1;t=30');
    await world.act({});
    const limited = await world.act({});
    expect(limited).toMatchObject({ status: 429, body: { title: 'rate-limited' } });
    expect(limited.headers.get('retry-after')).toBe('30');
    expect(limited.headers.get('ratelimit')).toBe('"agent";r=0;t=30');
  });

  it('calls nothing and records one event a minute, however often it is asked', async () => {
    await world.apply(change(organisation(), 'Agent agt_buyer', { requestsPerMinute: 1 }));
    await world.act({});
    const before = (await world.database.events()).length;
    expect(await statuses(5)).toEqual([429, 429, 429, 429, 429]);
    expect(world.erp.calls).toHaveLength(1);
    const after = await world.database.events();
    expect(after.length - before).toBe(1);
    expect(after.filter(({ type }) => type === 'requests.limited').length).toBeGreaterThan(0);
  });

  it('of a unit is shared by its agents, and one of a tool by everyone', async () => {
    await world.apply(change(organisation(), 'BusinessUnit operations', { requestsPerMinute: 2 }));
    expect(await statuses(1)).toEqual([200]);
    expect(await statuses(2, { as: 'agt_second' })).toEqual([200, 429]);
    later(120);
    await world.apply(change(organisation(), 'Tool erp.create_order', { callsPerMinute: 1 }));
    expect(await statuses(2)).toEqual([200, 429]);
    expect(await statuses(1, { tool: 'erp.get_budget', input: { unit: 'operations' } })).toEqual([200]);
  });

  it('lets no more through when all come at once', async () => {
    await world.apply(change(organisation(), 'Agent agt_buyer', { requestsPerMinute: 10 }));
    const answers = await Promise.all(Array.from({ length: 30 }, () => world.act({})));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });
});
