import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gateKey } from '../../../core/agent/agent.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { answerRequest } from '../../../functions/action/answer-request.ts';
import { containAll } from '../../../functions/switch/contain-all.ts';
import { asNamed, buyer, order, second, startWorld, type World } from '../../harness/door.ts';
import { ann, bob, switchDesk } from '../../harness/switches.ts';
import { holdOrder, vote } from '../../harness/votes.ts';
import { openWork, taskDesk } from '../../harness/work.ts';

let world: World;
let desk: ReturnType<typeof switchDesk>;
beforeEach(async () => {
  world = await startWorld();
  desk = switchDesk(world);
});
afterEach(() => world.stop());

const typesOf = async (prefix: string) =>
  (await world.database.events()).filter(({ type }) => type.startsWith(prefix)).map(({ type }) => type);
const fenceOf = async (id: string) => (await world.deps.registry.load([gateKey(id)]))[0]?.['switches'];

describe('a kill switch', () => {
  it.each(['everything', 'unit:operations', 'role:buyer', `agent:${buyer}`, 'tool:erp.create_order'])(
    'of %s denies the very next action and says why',
    async (scope) => {
      expect(await world.act({})).toMatchObject({ status: 200 });
      expect(await desk.stop(scope)).toMatchObject({ status: 200, body: { scope } });
      expect(await world.act({})).toMatchObject({
        status: 403,
        body: { title: 'blocked', detail: `a kill switch stops ${scope}: it went wild` },
      });
      expect(world.erp.calls).toHaveLength(1);
    },
  );

  it('of another agent, unit or tool leaves the rest at work', async () => {
    for (const scope of [
      `agent:${second}`,
      'unit:sales',
      'tool:erp.wipe',
      'role:clerk',
      'workflow:procurement',
    ])
      expect(await desk.stop(scope)).toMatchObject({ status: 200 });
    expect(await world.act({})).toMatchObject({ status: 200 });
    expect(await world.act({ as: second })).toMatchObject({ status: 403 });
  });

  it('is contained when it answers: every gate in scope is turned, and the time it took is told', async () => {
    const { body } = await desk.stop('unit:operations');
    expect(body).toMatchObject({ agents: 3, secondsToContain: 0, engagedBy: { id: ann } });
    expect([await fenceOf(buyer), await fenceOf('agt_seller')]).toEqual([1, undefined]);
    expect(await typesOf('switch.')).toEqual(['switch.engaged', 'switch.contained']);
  });

  it('keeps out what was decided before it and commits after it', async () => {
    const { registry } = world.deps;
    let engaged = false;
    const slow = {
      ...registry,
      load: async (keys: Parameters<typeof registry.load>[0]) => {
        const rows = await registry.load(keys);
        if (!engaged) await desk.stop('tool:erp.create_order');
        engaged = true;
        return rows;
      },
    };
    const body = { tool: 'erp.create_order', input: order, purpose: 'Asked for' };
    const row = await answerRequest(
      { ...world.deps, registry: slow },
      { caller: await asNamed(`Bearer ${buyer}`), key: 'late-0001', body },
    );
    expect(row).toMatchObject({ status: 'denied', problem: { code: 'blocked' } });
    expect(world.erp.calls).toHaveLength(0);
  });

  it('ends what people approved but nobody started', async () => {
    const held = await holdOrder(world);
    await vote(world, held, 'ada');
    await desk.stop(`agent:${buyer}`);
    expect(await executeApproved(world.deps, held.action)).toMatchObject({
      status: 'denied',
      problem: { code: 'blocked' },
    });
    expect(world.erp.calls).toHaveLength(0);
  });

  it('takes tasks from agents in scope at their next heartbeat, and gives them none', async () => {
    await openWork(world, 'stopped-01');
    const tasks = taskDesk(world);
    const { body } = await tasks.post('claim', buyer);
    const { task, lease } = body as { task: { id: string }; lease: string };
    await desk.stop('workflow:procurement');
    expect(await tasks.post(`${task.id}/heartbeat`, buyer, { lease })).toMatchObject({
      status: 409,
      body: { title: 'lease-lost' },
    });
    world.clock.now = new Date(world.clock.now.getTime() + 20_000);
    expect(await tasks.post('claim', second)).toMatchObject({ status: 204 });
  });

  it('engaged again is the same switch', async () => {
    await desk.stop('unit:operations');
    expect(await desk.stop('unit:operations', { as: bob })).toMatchObject({
      body: { engagedBy: { id: ann } },
    });
    expect(await typesOf('switch.')).toHaveLength(2);
  });

  it('of a name there is not stops nothing and says so', async () => {
    for (const scope of ['agent:agt_nobody', 'unit:nowhere', 'workflow:none'])
      expect(await desk.stop(scope)).toMatchObject({ status: 404, body: { title: 'unknown-scope' } });
    expect(await desk.stop('all')).toMatchObject({ status: 400 });
    expect(await typesOf('switch.')).toEqual([]);
  });

  it('is for signed callers alone', async () => {
    expect(await desk.list({ event: {} })).toMatchObject({ status: 401 });
  });
});

describe('containing again', () => {
  it('finishes what an interruption left open', async () => {
    const { registry, now } = world.deps;
    const broken = {
      ...world,
      deps: { ...world.deps, registry: { ...registry, fence: () => Promise.reject(new Error('cut off')) } },
    };
    expect(await switchDesk(broken).stop('unit:operations')).toMatchObject({ status: 500 });
    expect(await world.act({})).toMatchObject({ status: 403, body: { title: 'blocked' } });
    expect(await fenceOf(buyer)).toBeUndefined();
    await containAll({ registry, now });
    expect(await fenceOf(buyer)).toBe(1);
    expect((await desk.list()).body).toMatchObject({ switches: [{ agents: 3, secondsToContain: 0 }] });
  });
});

describe('restoring', () => {
  it('lets agents act again once a second person agreed', async () => {
    await desk.stop('everything');
    expect(await desk.restore('everything')).toMatchObject({ status: 200, body: { restored: false } });
    expect(await desk.restore('everything')).toMatchObject({ status: 409, body: { title: 'second-person' } });
    expect(await world.act({})).toMatchObject({ status: 403 });
    expect(await desk.restore('everything', bob)).toMatchObject({ body: { restored: true } });
    expect(await world.act({})).toMatchObject({ status: 200 });
    expect(await typesOf('switch.')).toEqual([
      'switch.engaged',
      'switch.contained',
      'switch.restore-requested',
      'switch.restored',
    ]);
  });
});
