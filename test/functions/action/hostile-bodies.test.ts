import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import { asNamed, buyer, order, startWorld, type World } from '../../harness/door.ts';
import { hostile, whole, withInput } from '../../harness/hostile-bodies.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const send = async (body: string, more: Readonly<Record<string, string>> = {}) => {
  const api = createActionsApi({ ...world.deps, authenticate: asNamed });
  const headers = {
    authorization: `Bearer ${buyer}`,
    'content-type': 'application/json',
    'idempotency-key': crypto.randomUUID(),
    ...more,
  };
  return api.request('/v1/actions', { method: 'POST', headers, body });
};
const eventCount = async () => (await world.database.events()).length;
describe('a body that is', () => {
  it.each(hostile)('%s is refused with a 4xx, by one event, and calls nothing', async (_, body) => {
    const before = await eventCount();
    world.erp.calls.length = 0;
    const answer = await send(body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect((await eventCount()) - before).toBe(1);
    expect(world.erp.calls).toHaveLength(0);
  });

  it.each([
    ['of another kind', { 'content-type': 'text/plain' }],
    ['without a key', { 'idempotency-key': '' }],
  ])('%s is refused so too', async (_, headers) => {
    const before = await eventCount();
    expect((await send(whole, headers)).status).toBeLessThan(500);
    const [last] = (await world.database.events()).filter(({ type }) => type === 'request.refused').slice(-1);
    expect((await eventCount()) - before).toBe(1);
    expect(last).toMatchObject({ agent: buyer, unit: 'operations' });
  });

  it('hostile leaves nothing of itself in the log', async () => {
    await send(withInput('{"canary":"s3cret-c4nary","canary":1}'));
    expect(JSON.stringify(await world.database.events())).not.toContain('s3cret-c4nary');
  });

  it('strings with colons, quotes and backslashes is none of these', async () => {
    const input = { ...order, vendor: 'A: "b\\" : {c: d}\\' };
    expect((await send(JSON.stringify({ tool: 'erp.create_order', purpose: 'a: b', input }))).status).toBe(
      200,
    );
  });
});

describe('GET /v1/me', () => {
  it('tells an agent what it is and what is left of its limits', async () => {
    const { body } = await world.get('/v1/me');
    expect(body).toMatchObject({
      id: buyer,
      unit: 'operations',
      stage: 'pilot',
      actions: { perDay: 100 },
      rates: [],
      budgets: [],
    });
  });
});
