import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionId } from '../../../core/id.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
  world.erp.answer = () => ({ status: 'succeeded', output: 'done' });
});

const letter = { tool: 'erp.send_letter', input: { to: 'Northwind', body: 'Hello' } };
const later = (seconds: number) => {
  world.clock.now = new Date(NOW.getTime() + seconds * 1000);
};

/** Asks for an action whose function dies right after STARTED was committed; gives the action's id. */
async function crash(key: string, ask: object = {}): Promise<string> {
  world.erp.answer = () => {
    throw new Error('the function was killed');
  };
  expect((await world.act({ key, ...ask })).status).toBe(500);
  world.erp.answer = () => ({ status: 'succeeded', output: 'done' });
  const [call] = world.erp.calls;
  return call?.idempotencyKey ?? '';
}
const typesOf = async (id: string) =>
  (await world.database.events())
    .filter(({ subject }) => subject === `ACTION#${id}`)
    .map(({ version, type }) => [version, type]);

describe('an action left in flight by a crash', () => {
  it('is left alone while its call may still be under way', async () => {
    await crash('crash-0001');
    later(44);
    expect(await world.act({ key: 'crash-0001' })).toMatchObject({ status: 409 });
    expect(world.erp.calls).toHaveLength(1);
  });

  it('of a keyed tool is called again with the same key, under a new attempt', async () => {
    const id = await crash('crash-0002');
    later(46);
    const resumed = await world.act({ key: 'crash-0002' });
    expect(resumed).toMatchObject({ status: 200, body: { id, status: 'succeeded' } });
    expect(world.erp.calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual([id, id]);
    expect(await typesOf(id)).toEqual([
      [1, 'action.started'],
      [2, 'action.resumed'],
      [3, 'action.succeeded'],
    ]);
  });

  it('is resumed once, whoever finds it first', async () => {
    const id = actionId.parse(await crash('crash-0003'));
    later(46);
    world.erp.calls.length = 0;
    await Promise.allSettled([
      ...Array.from({ length: 5 }, () => world.act({ key: 'crash-0003' })),
      ...Array.from({ length: 5 }, () => executeApproved(world.deps, id)),
    ]);
    expect(world.erp.calls).toHaveLength(1);
    expect(await typesOf(id)).toHaveLength(3);
  });

  it('is taken up by the executor too, though nobody ever held it', async () => {
    const id = actionId.parse(await crash('crash-0004'));
    later(46);
    expect(await executeApproved(world.deps, id)).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  it('of an at-most-once tool becomes unknown and is never called again', async () => {
    const id = await crash('crash-0005', letter);
    later(46);
    const given = await world.act({ key: 'crash-0005', ...letter });
    expect(given).toMatchObject({ status: 200, body: { status: 'unknown', problem: { code: 'cut-off' } } });
    later(600);
    expect(await world.act({ key: 'crash-0005', ...letter })).toMatchObject({ body: { status: 'unknown' } });
    expect(await executeApproved(world.deps, actionId.parse(id))).toMatchObject({ status: 'unknown' });
    expect(world.erp.calls).toHaveLength(1);
    expect(await typesOf(id)).toEqual([
      [1, 'action.started'],
      [2, 'action.unknown'],
    ]);
  });

  it('is called by the definition it was judged on, even when another release is in force', async () => {
    await crash('crash-0006');
    const moved = { connector: { type: 'http', method: 'POST', path: '/v2/orders' } };
    await world.apply(change(organisation(), 'Tool erp.create_order', moved));
    later(46);
    expect(await world.act({ key: 'crash-0006' })).toMatchObject({ status: 200 });
    expect(world.erp.calls.at(-1)?.tool.connector).toMatchObject({ path: '/orders' });
    await world.apply(organisation());
  });
});

describe('an answer that comes late', () => {
  it('of an attempt that was replaced counts for nothing', async () => {
    const called = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    world.erp.answer = async ({ idempotencyKey }) => {
      if (world.erp.calls.length > 1) return { status: 'succeeded', output: 'second' };
      called.resolve();
      await gate.promise;
      return { status: 'failed', code: 'late', detail: idempotencyKey };
    };
    const first = world.act({ key: 'late-00001' });
    await called.promise;
    later(46);
    expect(await world.act({ key: 'late-00001' })).toMatchObject({ body: { output: 'second' } });
    gate.resolve();
    expect(await first).toMatchObject({ status: 200, body: { status: 'succeeded', output: 'second' } });
    expect(await world.act({ key: 'late-00001', input: order })).toMatchObject({
      body: { output: 'second' },
    });
  });
});
