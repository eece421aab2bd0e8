import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionId, actionId } from '../../../core/id.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { holdOrder, vote } from '../../harness/votes.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
  world.erp.answer = () => ({ status: 'succeeded', output: { letter: 'L-1' } });
  const letters = change(organisation(), 'Tool erp.send_letter', { timeoutSeconds: 120 });
  await world.apply(change(letters, 'Tool erp.create_order', { timeoutSeconds: 21 }));
});
const later = (seconds: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000);
};
const letter = { tool: 'erp.send_letter', input: { to: 'Northwind', body: 'Hello' } };
async function queue(key?: string): Promise<ActionId> {
  const answer = await world.act({ ...letter, key });
  expect(answer).toMatchObject({ status: 202, body: { status: 'started' } });
  expect(answer.headers.get('location')).toBe(`/v1/actions/${String(answer.body['id'])}`);
  return actionId.parse(answer.body['id']);
}
const typesOf = async (id: string) => (await world.database.history(`ACTION#${id}`)).map(({ type }) => type);

describe('an action whose tool takes longer than the door waits', () => {
  it('is answered with 202 and called by the executor, which the event calls for', async () => {
    const id = await queue();
    expect(world.erp.calls).toHaveLength(0);
    const [started] = await world.database.history(`ACTION#${id}`);
    expect(started).toMatchObject({ type: 'action.started', action: id, data: { queued: true } });
    expect(await executeApproved(world.deps, id)).toMatchObject({ status: 'succeeded' });
    expect(await typesOf(id)).toEqual(['action.started', 'action.resumed', 'action.succeeded']);
    expect((await world.get(`/v1/actions/${id}`)).body).toMatchObject({ output: { letter: 'L-1' } });
  });

  it('is called once, however many executors come, though it may be called once only', async () => {
    const id = await queue();
    const ends = await Promise.allSettled(Array.from({ length: 8 }, () => executeApproved(world.deps, id)));
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(world.erp.calls).toHaveLength(1);
  });

  it('is given its whole time before it counts as cut off', async () => {
    const id = await queue();
    world.erp.answer = () => {
      throw new Error('the function was killed');
    };
    await expect(executeApproved(world.deps, id)).rejects.toThrow('killed');
    later(160);
    await expect(executeApproved(world.deps, id)).rejects.toMatchObject({ name: 'ActionInFlight' });
    later(10);
    expect(await executeApproved(world.deps, id)).toMatchObject({ status: 'unknown' });
    expect(world.erp.calls).toHaveLength(1);
  });

  it('answers the same to the same key, and calls nothing twice', async () => {
    const id = await queue('a-long-letter');
    expect(await queue('a-long-letter')).toBe(id);
    await executeApproved(world.deps, id);
    expect(await world.act({ ...letter, key: 'a-long-letter' })).toMatchObject({ status: 200, body: { id } });
    expect(world.erp.calls).toHaveLength(1);
  });

  it('is left to the executor too when people agreed to it', async () => {
    const held = await holdOrder(world);
    await vote(world, held, 'ada');
    expect(await executeApproved(world.deps, held.action)).toMatchObject({ status: 'started', queued: true });
    expect(world.erp.calls).toHaveLength(0);
    expect(await executeApproved(world.deps, held.action)).toMatchObject({ status: 'succeeded' });
    expect(world.erp.calls).toHaveLength(1);
    expect(world.erp.calls[0]?.tool.name).toBe('erp.create_order');
  });
});
