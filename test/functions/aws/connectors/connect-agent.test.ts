import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionId, actionId, taskIdOfAction } from '../../../../core/id.ts';
import { taskKey } from '../../../../core/task/task.ts';
import { executeApproved } from '../../../../functions/action/execute-approved.ts';
import { createCallTool } from '../../../../functions/aws/call-tool.ts';
import { connectAgent } from '../../../../functions/aws/connectors/connect-agent.ts';
import { sweep } from '../../../../functions/relay/sweep.ts';
import { buyer, second, startWorld, type World } from '../../../harness/door.ts';
import { paperMachines } from '../../../harness/machines.ts';
import { change, organisation } from '../../../harness/organisation.ts';
import { someSystem, someTool } from '../../../harness/tools.ts';
import { openWork, taskDesk } from '../../../harness/work.ts';

let world: World;
let desk: ReturnType<typeof taskDesk>;
/** What happens elsewhere while the connector sleeps, one step each time. */
let meanwhile: (() => Promise<unknown>)[];
let start: Date;
beforeAll(async () => {
  world = await startWorld();
  desk = taskDesk(world);
  const byAgent = { connector: { type: 'agent', capability: 'ordering' }, timeoutSeconds: 120 };
  const letters = change(organisation(), 'Tool erp.send_letter', byAgent);
  await world.apply(change(letters, 'Tool erp.create_order', byAgent));
});
afterAll(() => world.stop());
// Whatever a test leaves in the queue is over before the next begins.
beforeEach(() => {
  meanwhile = [];
  later(3700);
  start = world.clock.now;
});

const later = (seconds: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000);
};
const connect = () =>
  connectAgent({
    registry: world.deps.registry,
    now: world.deps.now,
    sleep: async (ms) => {
      later(ms / 1000);
      await meanwhile.shift()?.();
    },
  });
const execute = (id: ActionId) =>
  executeApproved({ ...world.deps, callTool: createCallTool({ agent: connect() }, world.deps.now) }, id);
async function ask(more: Parameters<World['act']>[0] = {}): Promise<ActionId> {
  const { status, body } = await world.act(more);
  expect([status, body['status']]).toEqual([202, 'started']);
  return actionId.parse(body['id']);
}
const letter = { tool: 'erp.send_letter', input: { to: 'Northwind', body: 'Hello' } };
type Claimed = { readonly task: Record<string, unknown>; readonly lease: string };
async function claim(as: string): Promise<Claimed> {
  const { status, body } = await desk.post('claim', as);
  expect(status).toBe(200);
  return body as Claimed;
}
const answer = async (how: 'complete' | 'fail', { task, lease }: Claimed, more: object) =>
  (await desk.post(`${String(task['id'])}/${how}`, second, { lease, ...more })).status;
const taskOf = async (id: ActionId) =>
  (await world.deps.registry.load([taskKey(taskIdOfAction(id))]))[0] ?? {};
const typesOf = async (id: ActionId) =>
  (await world.database.history(`TASK#${taskIdOfAction(id)}`)).map(({ type }) => type);
const killed = () => Promise.reject(new Error('the function was killed'));
const sweepAll = () => {
  const machines = paperMachines();
  const unused = () => Promise.reject(new Error('not asked for'));
  const { registry, log, now } = world.deps;
  const deps = { registry, log, now, machines, approvalMachine: '', workflowMachine: () => '' };
  return sweep({ ...deps, execute: unused });
};

describe('another agent as a tool', () => {
  it('is given the action as a task, and what it hands in is the result', async () => {
    const id = await ask();
    meanwhile.push(async () => {
      const claimed = await claim(second);
      expect(claimed.task).toMatchObject({ id: taskIdOfAction(id), action: id, asker: buyer });
      expect(claimed.task).toMatchObject({ step: 'erp.create_order', input: { vendor: 'Northwind' } });
      expect(claimed.task).not.toHaveProperty('run');
      expect(await answer('complete', claimed, { output: { order: 'PO-7' } })).toBe(200);
    });
    expect(await execute(id)).toMatchObject({ status: 'succeeded', output: { order: 'PO-7' } });
    expect(await typesOf(id)).toEqual(['task.opened', 'task.claimed', 'task.completed']);
    const [opened] = await world.database.history(`TASK#${taskIdOfAction(id)}`);
    expect(opened).toMatchObject({ action: id, actor: { kind: 'agent', id: buyer }, unit: 'operations' });
  });

  it('is never the one that asks', async () => {
    const id = await ask();
    meanwhile.push(async () => {
      expect((await desk.post('claim', buyer)).status).toBe(204);
      expect((await desk.post('claim', second)).status).toBe(200);
    });
    await execute(id);
    expect(await taskOf(id)).toMatchObject({
      assignments: [{ agent: second, candidates: [{ agent: second }] }],
    });
  });

  it('may say that it can’t be done', async () => {
    const id = await ask();
    meanwhile.push(async () => {
      const no = { code: 'no-stock', detail: 'nobody sells it' };
      expect(await answer('fail', await claim(second), no)).toBe(200);
    });
    const problem = { code: 'refused-by-agent', detail: 'no-stock: nobody sells it' };
    expect(await execute(id)).toMatchObject({ status: 'failed', problem });
  });

  it('that does not come in the tool’s time has done nothing, and comes too late then', async () => {
    const id = await ask();
    expect(await execute(id)).toMatchObject({ status: 'failed', problem: { code: 'nobody-came' } });
    expect(world.clock.now.getTime()).toBe(start.getTime() + 120_000);
    expect(await typesOf(id)).toEqual(['task.opened', 'task.expired']);
    expect((await desk.post('claim', second)).status).toBe(204);
    for (const index of ['workQueue', 'openKind']) expect(await taskOf(id)).not.toHaveProperty(index);
  });

  it('that has the task when its time ends leaves it in doubt, and is heard no more', async () => {
    const id = await ask();
    let claimed: Claimed | undefined;
    meanwhile.push(async () => (claimed = await claim(second)));
    expect(await execute(id)).toMatchObject({ status: 'unknown', problem: { code: 'timed-out' } });
    world.clock.now = new Date(start.getTime() + 1000);
    expect(await answer('complete', claimed ?? (await claim(second)), { output: 'late' })).toBe(409);
  });

  it('is asked once: whoever takes a cut-off action up waits for the same task', async () => {
    const id = await ask();
    meanwhile.push(killed);
    await expect(execute(id)).rejects.toThrow('killed');
    await answer('complete', await claim(second), { output: 'done' });
    later(300);
    expect(await execute(id)).toMatchObject({ status: 'succeeded', output: 'done', attempt: 3 });
    expect(await typesOf(id)).toEqual(['task.opened', 'task.claimed', 'task.completed']);
  });

  it('is not waited for again when the time of a task that a crash left is over', async () => {
    const id = await ask();
    meanwhile.push(killed);
    await expect(execute(id)).rejects.toThrow('killed');
    later(300);
    const since = world.clock.now;
    expect(await execute(id)).toMatchObject({ status: 'failed', problem: { code: 'nobody-came' } });
    expect(world.clock.now).toEqual(since);
  });

  it('is out of reach once nobody waits any more: the sweep ends what a crash left', async () => {
    const id = await ask(letter);
    meanwhile.push(killed);
    await expect(execute(id)).rejects.toThrow('killed');
    later(130);
    expect((await desk.post('claim', second)).status).toBe(204);
    await sweepAll();
    expect(await taskOf(id)).toMatchObject({ status: 'open' });
    later(60);
    await sweepAll().catch(() => undefined);
    expect(await taskOf(id)).toMatchObject({ status: 'expired' });
    expect((await world.database.history(`TASK#${taskIdOfAction(id)}`)).at(-1)).toMatchObject({
      type: 'task.expired',
      actor: { kind: 'system', id: 'reconcile' },
    });
  });

  it('acts for the person the action is for, within the run it is part of', async () => {
    const { run, task } = await openWork(world, 'agent-0001');
    await claim(buyer);
    const id = await ask({ task });
    meanwhile.push(async () => {
      const { task: asked } = await claim(second);
      expect(asked).toMatchObject({ run, workflow: 'procurement', onBehalfOf: 'rita@example.com' });
    });
    await execute(id);
    expect(meanwhile).toEqual([]);
  });

  it.each([
    ['another unit’s', 'sales', 'agt_seller'],
    ['the centre’s: then of the asking agent’s own unit', 'coe', second],
  ])('is an agent of the tool’s unit, be it %s', async (_, unit, comes) => {
    const id = await ask();
    const tool = someTool({ unit, connector: { type: 'agent', capability: 'ordering' } });
    meanwhile.push(async () => {
      for (const agent of [second, 'agt_seller'].filter((each) => each !== comes))
        expect((await desk.post('claim', agent)).status).toBe(204);
      await claim(comes);
    });
    const call = { tool, system: someSystem(), input: {}, idempotencyKey: id, timeoutMs: 5000 };
    expect(await connect()(call)).toMatchObject({ status: 'unknown', code: 'timed-out' });
  });

  it('is asked nothing without an action', async () => {
    const tool = someTool({ connector: { type: 'agent', capability: 'ordering' } });
    const call = { tool, system: someSystem(), input: {}, timeoutMs: 5000, idempotencyKey: 'no-action' };
    expect(await connect()(call)).toMatchObject({ status: 'failed', code: 'misconfigured', sent: false });
  });
});
