import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import { asNamed, buyer, order, startWorld, type World } from '../../harness/door.ts';

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
const withInput = (input: string) => `{"tool":"erp.create_order","purpose":"Chairs","input":${input}}`;
const whole = JSON.stringify({ tool: 'erp.create_order', purpose: 'Chairs', input: order });

const hostile: readonly [string, string][] = [
  ['no JSON at all', 'tool=erp.create_order'],
  ['nothing', ''],
  ['JSON that ends early', whole.slice(0, -1)],
  ['a bomb of brackets', '['.repeat(30_000)],
  ['a bomb of objects', withInput(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)],
  ['25 levels', withInput(`${'{"a":'.repeat(25)}1${'}'.repeat(25)}`)],
  ['six thousand values', withInput(`{"a":[${'1,'.repeat(6000)}1]}`)],
  ['more than 64 KiB', withInput(`{"a":"${'x'.repeat(70_000)}"}`)],
  ['__proto__ as a member', withInput('{"__proto__":{"total":"1.00"}}')],
  ['__proto__ in disguise', withInput('{"\\u005f_proto__":{"total":"1.00"}}')],
  ['a member twice', withInput('{"vendor":"A","vendor":"B","total":"1.00","currency":"USD"}')],
  ['a member twice in disguise', withInput('{"vendor":"A","vend\\u006fr":"B","total":"1.00"}')],
  ['a member twice, nested in an array', withInput('{"a":[{"b":1,"b":2}]}')],
  ['the tool twice', whole.replace('{', '{"tool":"erp.wipe",')],
  ['2^53+1', withInput('{"a":9007199254740993}')],
  ['1e400', withInput('{"a":1e400}')],
  ['1e-400', withInput('{"a":1e-400}')],
  ['a lone surrogate', withInput('{"a":"\\ud800"}')],
  ['a lone surrogate as a name', withInput('{"\\udc00":1}')],
  ['a field too many', whole.replace('{', '{"admin":true,')],
  ['an input that is no object', withInput('[1]')],
];

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
