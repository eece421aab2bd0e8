import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { breakerKey } from '../../../core/action/breaker.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import type { CallResult } from '../../../functions/aws/connectors/connector.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { holdOrder, vote } from '../../harness/votes.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const good: CallResult = { status: 'succeeded', output: {} };
const bad: CallResult = { status: 'unknown', code: 'unreachable', detail: 'no answer' };
const letter = { tool: 'erp.send_letter', input: { to: 'Northwind', body: 'Hello' } };
const send = async () => (await world.act(letter)).status;
const later = (seconds: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000);
};
let day = 0;
beforeEach(async () => {
  day += 1;
  world.clock.now = new Date(NOW.getTime() + day * 86_400_000);
  for (const tool of ['erp.send_letter', 'erp.create_order'])
    await world.deps.breakers.note(tool, someRow(tool), false, world.clock.now);
  world.erp.calls.length = 0;
});
const someRow = (tool: string) =>
  ({ ...breakerKey(tool), v: 1, score: 1, openUntil: NOW.toISOString() }) as const;
async function openIt(): Promise<void> {
  world.erp.answer = () => bad;
  for (let n = 0; n < 5; n += 1) await send();
  world.erp.calls.length = 0;
}

describe('a tool that gives no answers', () => {
  it('is left alone after five of them, with word of when to come again, and nothing is recorded as done', async () => {
    world.erp.answer = () => bad;
    const answers = [];
    for (let n = 0; n < 7; n += 1) answers.push(await send());
    expect(answers).toEqual([200, 200, 200, 200, 200, 503, 503]);
    expect(world.erp.calls).toHaveLength(5);
    const left = await world.act({ ...letter, key: 'kept-for-later' });
    expect(left).toMatchObject({ status: 503, body: { title: 'tool-unavailable' } });
    expect(left.headers.get('retry-after')).toBe('30');
    later(31);
    world.erp.answer = () => good;
    expect(await world.act({ ...letter, key: 'kept-for-later' })).toMatchObject({ status: 200 });
  });

  it('keeps nobody from any other tool', async () => {
    await openIt();
    world.erp.answer = () => good;
    expect((await world.act({})).status).toBe(200);
  });

  it('is probed by one alone, and open to all once that one got a good answer', async () => {
    await openIt();
    later(31);
    let answer: (result: CallResult) => void = () => undefined;
    const waiting = new Promise<CallResult>((done) => (answer = done));
    world.erp.answer = () => waiting;
    const all = Array.from({ length: 4 }, () => send());
    let turnedAway = 0;
    for (const each of all) void each.then(() => (turnedAway += 1));
    const settled = () => turnedAway >= 3 && world.erp.calls.length > 0;
    for (let tries = 0; !settled() && tries < 200; tries += 1) await sleep(10);
    expect(world.erp.calls).toHaveLength(1);
    answer(good);
    expect((await Promise.all(all)).sort()).toEqual([200, 503, 503, 503]);
    world.erp.answer = () => good;
    expect(await Promise.all([send(), send(), send()])).toEqual([200, 200, 200]);
  });

  it('is left alone for twice as long when the probe gets no answer either', async () => {
    await openIt();
    later(31);
    expect(await send()).toBe(200);
    later(31);
    expect(await send()).toBe(503);
    later(31);
    expect(await send()).toBe(200);
  });

  it('opens at half of its calls in trouble, and not at one in four', async () => {
    let n = 0;
    world.erp.answer = () => ((n += 1) % 4 === 0 ? bad : good);
    for (let call = 0; call < 40; call += 1) expect(await send()).toBe(200);
    world.erp.answer = () => ((n += 1) % 2 === 0 ? bad : good);
    const answers = [];
    for (let call = 0; call < 40; call += 1) answers.push(await send());
    expect(answers).toContain(503);
  });

  it('is not in trouble because it says no', async () => {
    world.erp.answer = () => ({ status: 'failed', code: 'refused-by-system', detail: 'no' });
    for (let call = 0; call < 12; call += 1) expect(await send()).toBe(200);
  });
});

describe('what people approved', () => {
  it('is not thrown at it: it waits and is carried out when the tool is well', async () => {
    world.erp.answer = () => bad;
    for (let n = 0; n < 5; n += 1) await world.act({});
    world.erp.answer = () => good;
    const held = await holdOrder(world);
    await vote(world, held, 'ada');
    world.erp.calls.length = 0;
    await expect(executeApproved(world.deps, held.action)).rejects.toMatchObject({
      name: 'DependencyFailed',
    });
    expect(world.erp.calls).toHaveLength(0);
    later(31);
    expect(await executeApproved(world.deps, held.action)).toMatchObject({ status: 'succeeded' });
  });
});
