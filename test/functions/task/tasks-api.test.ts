import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentKey } from '../../../core/agent/agent.ts';
import { leaseKey, taskKey } from '../../../core/task/task.ts';
import { buyer, second, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { switchDesk } from '../../harness/switches.ts';
import { openWork, taskDesk } from '../../harness/work.ts';

let world: World;
let desk: ReturnType<typeof taskDesk>;
// A world for each test: what one leaves in the queue would be claimed by the next.
beforeEach(async () => {
  world = await startWorld();
  desk = taskDesk(world);
});
afterEach(() => world.stop());

const later = (seconds: number) => {
  world.clock.now = new Date(NOW.getTime() + seconds * 1000);
};
async function claim(as: string): Promise<{ task: string; lease: string; fence: number }> {
  const { status, body } = await desk.post('claim', as);
  expect(status).toBe(200);
  const { task, lease, fence } = body as { task: { id: string }; lease: string; fence: number };
  return { task: task.id, lease, fence };
}
const taskOf = async (id: string) => (await world.deps.registry.load([taskKey(id)]))[0];
const eventsOf = async (id: string) =>
  (await world.database.events()).filter(({ subject }) => subject === `TASK#${id}`);

describe('claiming', () => {
  it('answers 204 with when to ask again while there is nothing', async () => {
    const { status, headers, text } = await desk.post('claim', buyer);
    expect([status, headers.get('retry-after'), text]).toEqual([204, '1', '']);
  });

  it('gives the task, its lease and what it is about, and records who was eligible and why', async () => {
    const { task, run } = await openWork(world, 'claim-0001');
    const { body } = await desk.post('claim', buyer);
    expect(body).toMatchObject({
      task: { id: task, run, workflow: 'procurement', capability: 'ordering', input: { item: 'chairs' } },
      fence: 1,
      leaseExpiresAt: '2026-11-23T10:00:15.000Z',
    });
    expect(JSON.stringify(body)).not.toContain('token-claim-0001');
    const [, claimed] = await eventsOf(task);
    expect(claimed).toMatchObject({
      type: 'task.claimed',
      agent: buyer,
      actor: { kind: 'agent', id: buyer },
    });
    expect(claimed?.data['candidates']).toEqual([
      expect.objectContaining({ agent: buyer }),
      expect.objectContaining({ agent: second }),
    ]);
  });

  it('keeps a digest of the lease alone', async () => {
    await openWork(world, 'claim-0002');
    const { task, lease } = await claim(buyer);
    const [row] = await world.deps.registry.load([leaseKey(task)]);
    expect(row).toMatchObject({ agent: buyer, fence: 1 });
    expect(JSON.stringify([row, await taskOf(task), await eventsOf(task)])).not.toContain(lease);
  });

  it('gives the oldest first and one task to one agent', async () => {
    const first = await openWork(world, 'claim-0003');
    later(1);
    const next = await openWork(world, 'claim-0004');
    expect((await claim(buyer)).task).toBe(first.task);
    expect((await claim(second)).task).toBe(next.task);
    expect((await desk.post('claim', buyer)).status).toBe(204);
  });

  it.each([
    ['an agent of another unit', 'agt_seller'],
    ['an agent without the capability', 'agt_clerk'],
  ])('gives nothing to %s', async (_, agent) => {
    await openWork(world, `claim-${agent}`);
    expect((await desk.post('claim', agent)).status).toBe(204);
  });

  it('gives nothing for capabilities it was not asked for, nor for those the agent lacks', async () => {
    await openWork(world, 'claim-0005');
    expect((await desk.post('claim', buyer, { capabilities: ['filing'] })).status).toBe(204);
    expect((await desk.post('claim', 'agt_clerk', { capabilities: ['ordering'] })).status).toBe(204);
    expect((await desk.post('claim', buyer, { capabilities: ['ordering'] })).status).toBe(200);
  });

  it('gives nothing after the deadline, to a suspended agent, or to a stranger', async () => {
    await openWork(world, 'claim-0006', { deadlineSeconds: 60 });
    await world.apply(change(organisation(), 'Agent agt_second', { stage: 'suspended' }));
    expect((await desk.post('claim', second)).status).toBe(204);
    await world.apply(organisation());
    later(60);
    expect((await desk.post('claim', buyer)).status).toBe(204);
    expect((await desk.post('claim', 'agt_nobody')).status).toBe(401);
  });

  it('lets an agent hold no more tasks than it may, until it is done with one', async () => {
    await world.apply(change(organisation(), 'Agent agt_buyer', { maxTasks: 2 }));
    for (const key of ['claim-0007', 'claim-0008', 'claim-0009']) await openWork(world, key);
    const held = await claim(buyer);
    await claim(buyer);
    const { status, headers } = await desk.post('claim', buyer);
    expect([status, headers.get('retry-after')]).toEqual([204, '5']);
    await desk.post(`${held.task}/complete`, buyer, { lease: held.lease });
    expect((await desk.post('claim', buyer)).status).toBe(200);
    await world.apply(organisation());
  });

  it('gives one task to one of two agents that race for it, thirty times over', async () => {
    for (let round = 0; round < 30; round += 1) {
      const { task } = await openWork(world, `race-${round}-00`);
      const [one, other] = await Promise.all([desk.post('claim', buyer), desk.post('claim', second)]);
      expect([one.status, other.status].sort()).toEqual([200, 204]);
      const [winner, agent] = one.status === 200 ? [one, buyer] : [other, second];
      const { lease } = winner.body as { lease: string };
      expect((await desk.post(`${task}/complete`, agent, { lease })).status).toBe(200);
    }
  });
});

describe('holding a task', () => {
  it('is prolonged by each heartbeat', async () => {
    await openWork(world, 'hold-00001');
    const { task, lease } = await claim(buyer);
    for (const seconds of [10, 20, 30]) {
      later(seconds);
      const beat = await desk.post(`${task}/heartbeat`, buyer, { lease });
      expect(beat.body).toEqual({
        leaseExpiresAt: new Date(NOW.getTime() + (seconds + 15) * 1000).toISOString(),
      });
      expect((await desk.post('claim', second)).status).toBe(204);
    }
    later(45);
    expect(await desk.post(`${task}/heartbeat`, buyer, { lease })).toMatchObject({ status: 409 });
  });

  it('ends with its completion, whose output is kept and told of once', async () => {
    await openWork(world, 'hold-00002');
    const { task, lease } = await claim(buyer);
    const done = await desk.post(`${task}/complete`, buyer, { lease, output: { order: 'PO-1' } });
    expect(done).toMatchObject({ status: 200, body: { id: task, status: 'completed' } });
    expect(await taskOf(task)).toMatchObject({ status: 'completed', output: { order: 'PO-1' } });
    expect(await desk.post(`${task}/complete`, buyer, { lease })).toMatchObject({ status: 409 });
    expect((await eventsOf(task)).map(({ type }) => type)).toEqual([
      'task.opened',
      'task.claimed',
      'task.completed',
    ]);
  });

  it('ends with its failure, whose reason is kept', async () => {
    await openWork(world, 'hold-00003');
    const { task, lease } = await claim(buyer);
    const problem = { code: 'no-vendor', detail: 'nobody sells chairs' };
    expect((await desk.post(`${task}/fail`, buyer, { lease, ...problem })).body).toMatchObject({
      status: 'failed',
    });
    expect(await taskOf(task)).toMatchObject({ status: 'failed', problem });
  });

  it('is lost to the next agent when its lease lapses: late answers of the first are refused', async () => {
    await openWork(world, 'hold-00004');
    const first = await claim(buyer);
    later(16);
    const next = await claim(second);
    expect(next).toMatchObject({ task: first.task, fence: 2 });
    for (const call of ['complete', 'heartbeat', 'fail']) {
      const body = { lease: first.lease, ...(call === 'fail' && { code: 'late', detail: 'late' }) };
      const late = await desk.post(`${first.task}/${call}`, buyer, body);
      expect(late).toMatchObject({ status: 409, body: { type: 'urn:autonomy:lease-lost' } });
    }
    const done = await desk.post(`${first.task}/complete`, second, {
      lease: next.lease,
      output: 'by the second',
    });
    expect(done.status).toBe(200);
    const [, , taken] = await eventsOf(first.task);
    expect(taken).toMatchObject({ type: 'task.claimed', agent: second, data: { takenOver: true, fence: 2 } });
  });

  it('is not lost when a heartbeat and a claim come at once: exactly one of them holds it', async () => {
    for (let round = 0; round < 10; round += 1) {
      world.clock.now = NOW;
      await openWork(world, `beat-${round}-00`);
      const first = await claim(buyer);
      later(14.999);
      const beat = desk.post(`${first.task}/heartbeat`, buyer, { lease: first.lease });
      later(15.001);
      const [beaten, claimed] = await Promise.all([beat, desk.post('claim', second)]);
      const alive = await desk.post(`${first.task}/complete`, buyer, { lease: first.lease });
      expect(claimed.status === 200).toBe(alive.status === 409);
      if (beaten.status === 409) expect(alive.status).toBe(409);
      if (claimed.status === 200) {
        const { lease } = claimed.body as { lease: string };
        expect((await desk.post(`${first.task}/complete`, second, { lease })).status).toBe(200);
      }
    }
  });

  it.each([
    ['another lease', () => ({ lease: `lease-${crypto.randomUUID()}` }), buyer],
    ['another agent', (lease: string) => ({ lease }), second],
  ])('can’t be answered by %s', async (_, body, agent) => {
    await openWork(world, `wrong-${agent}`);
    const { task, lease } = await claim(buyer);
    for (const call of ['complete', 'heartbeat']) {
      expect(await desk.post(`${task}/${call}`, agent, body(lease))).toMatchObject({ status: 409 });
    }
    expect(await taskOf(task)).toMatchObject({ status: 'leased' });
  });

  it('is over for an agent that may not act any more: it neither answers nor fails it, and another takes over', async () => {
    await openWork(world, 'stopped-01');
    const { task, lease } = await claim(buyer);
    await world.apply(change(organisation(), 'Agent agt_buyer', { stage: 'suspended' }));
    const problem = { code: 'agent-inactive', detail: 'the door said no' };
    for (const [call, body] of [
      ['heartbeat', {}],
      ['complete', { output: 'forged' }],
      ['fail', problem],
    ] as const) {
      const refused = await desk.post(`${task}/${call}`, buyer, { lease, ...body });
      expect(refused).toMatchObject({ status: 409, body: { title: 'lease-lost' } });
    }
    expect(await taskOf(task)).toMatchObject({ status: 'leased' });
    later(16);
    expect(await claim(second)).toMatchObject({ task, fence: 2 });
  });

  it('is over for an agent under a kill switch, which gets no new one either', async () => {
    await openWork(world, 'stopped-02');
    await openWork(world, 'stopped-03');
    const { task, lease } = await claim(buyer);
    await switchDesk(world).stop(`agent:${buyer}`);
    expect(await desk.post(`${task}/complete`, buyer, { lease })).toMatchObject({ status: 409 });
    expect(await desk.post('claim', buyer)).toMatchObject({ status: 204 });
    expect(await desk.post('claim', second)).toMatchObject({ status: 200 });
  });

  it('is told of no task that does not exist', async () => {
    const lease = `lease-${crypto.randomUUID()}`;
    for (const id of ['tsk_00000000', 'nonsense', 'AGENT%23agt_buyer']) {
      expect(await desk.post(`${id}/complete`, buyer, { lease })).toMatchObject({ status: 404 });
    }
    expect((await world.deps.registry.load([agentKey(buyer)]))[0]).toBeDefined();
  });
});
