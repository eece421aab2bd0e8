import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import { asNamed, buyer, order, startWorld, type World } from '../../harness/door.ts';
import { answered } from '../../harness/http.ts';
import { organisation, withPolicy } from '../../harness/organisation.ts';
import { ann, bob, switchDesk } from '../../harness/switches.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function explain(input: object = {}, { as = buyer, ...more }: { as?: string; tool?: string } = {}) {
  const api = createActionsApi({ ...world.deps, authenticate: asNamed });
  const body = { tool: 'erp.create_order', input: { ...order, ...input }, purpose: 'A question', ...more };
  const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  return answered(await api.request('/v1/actions:explain', init));
}

describe('explaining a request', () => {
  it('says that it would be allowed, and by which rule', async () => {
    expect((await explain()).body).toMatchObject({
      outcome: 'allow',
      rules: [{ id: 'operations-buyers-work' }],
      guards: [],
    });
  });

  it('says who would have to agree', async () => {
    expect((await explain({ total: '2000.00' })).body).toMatchObject({
      outcome: 'hold',
      detail: 'it would wait for 1 of budget-owners',
      guards: [{ id: 'operations-orders-over-1k', title: 'Orders over 1000.00 are asked for' }],
    });
  });

  it('says what forbids it, by id and title', async () => {
    expect((await explain({ vendor: 'Shady' })).body).toMatchObject({
      outcome: 'deny',
      reason: 'forbidden',
      detail: 'forbidden by: Blocked vendors get no orders',
      rules: [{ id: 'operations-blocked-vendors', title: 'Blocked vendors get no orders' }],
    });
    expect((await explain({ total: 'much' })).body).toMatchObject({
      outcome: 'deny',
      reason: 'invalid-input',
    });
    expect((await explain({}, { tool: 'erp.none' })).body).toMatchObject({ reason: 'unknown-tool' });
  });

  it('names the agent’s own obstacle before any rule', async () => {
    const desk = switchDesk(world);
    await desk.stop(`agent:${buyer}`);
    expect((await explain()).body).toMatchObject({ outcome: 'deny', reason: 'blocked' });
    for (const who of [ann, bob]) await desk.restore(`agent:${buyer}`, who);
  });

  it('does nothing: no action, no event, no call, and the day is not counted', async () => {
    const before = await world.database.events();
    const calls = world.erp.calls.length;
    await explain();
    await explain({ total: '2000.00' });
    await explain({ vendor: 'Shady' });
    expect(await world.database.events()).toEqual(before);
    expect(world.erp.calls).toHaveLength(calls);
  });

  it('tells nothing of another unit’s rules', async () => {
    const secret = `@id("sales-secret") @title("Sales have a secret") permit (principal, action, resource);`;
    await world.apply(withPolicy(organisation(), secret, 'sales'));
    const answers = [await explain(), await explain({ vendor: 'Shady' }), await world.get('/v1/tools')];
    for (const { text } of answers) expect(text).not.toContain('secret');
    await world.apply(organisation());
  });

  it('is for agents with a good token alone', async () => {
    const denied = createActionsApi({
      ...world.deps,
      authenticate: async () => ({
        ...(await asNamed(`Bearer ${buyer}`)),
        requireStanding: () => Promise.reject(new Error('revoked')),
      }),
    });
    const body = JSON.stringify({ tool: 'erp.create_order', input: order, purpose: 'A question' });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    expect((await denied.request('/v1/actions:explain', init)).status).toBe(500);
  });
});

describe('the list of tools', () => {
  it('says why each is open, what may hold it and for whom, and what may forbid it', async () => {
    const { body } = await world.get('/v1/tools');
    expect(
      (body['tools'] as { name: string; why: object }[]).find(({ name }) => name === 'erp.create_order')?.why,
    ).toEqual({
      permits: [{ id: 'operations-buyers-work', title: 'operations-buyers-work' }],
      guards: [
        {
          id: 'operations-orders-over-10k',
          title: 'Orders over 10000.00 are asked for',
          requires: [{ group: 'finance', count: 2 }],
        },
        {
          id: 'operations-orders-over-1k',
          title: 'Orders over 1000.00 are asked for',
          requires: [{ group: 'budget-owners', count: 1 }],
        },
      ],
      forbids: [{ id: 'operations-blocked-vendors', title: 'Blocked vendors get no orders' }],
    });
  });

  it('is closed to an agent under a kill switch, token or not', async () => {
    const desk = switchDesk(world);
    await desk.stop('everything');
    expect(await world.get('/v1/tools')).toMatchObject({ status: 403, body: { title: 'blocked' } });
    for (const who of [ann, bob]) await desk.restore('everything', who);
    expect(await world.get('/v1/tools')).toMatchObject({ status: 200 });
  });
});
