import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionKey } from '../../../core/action/action.ts';
import { approvalKey } from '../../../core/approval/approval.ts';
import type { ActionId } from '../../../core/id.ts';
import { runKey } from '../../../core/run/run.ts';
import { taskKey } from '../../../core/task/task.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { machineArns } from '../../../functions/aws/machines.ts';
import { sweep, type SweepDeps } from '../../../functions/relay/sweep.ts';
import { openDesk } from '../../harness/approvers.ts';
import { buyer, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { type PaperMachines, paperMachines } from '../../harness/machines.ts';
import { holdOrder, vote } from '../../harness/votes.ts';
import { openWork, startRun, taskDesk } from '../../harness/work.ts';

let world: World;
let machines: PaperMachines;
let executed: ActionId[];
let deps: SweepDeps;
beforeEach(async () => {
  world = await startWorld();
  machines = paperMachines();
  executed = [];
  deps = {
    registry: world.deps.registry,
    machines,
    approvalMachine: 'arn:approval',
    workflowMachine: machineArns('{"procurement": "arn:procurement"}'),
    log: world.deps.log,
    now: world.deps.now,
    execute: async (action) => void executed.push(action),
  };
});
afterEach(() => world.stop());

const later = (seconds: number) => {
  world.clock.now = new Date(NOW.getTime() + seconds * 1000);
};
const rowOf = async (key: { pk: string; sk: string }) => (await world.deps.registry.load([key]))[0];
const crash = async (key: string) => {
  world.erp.answer = () => {
    throw new Error('the function was killed');
  };
  await world.act({ key });
  world.erp.answer = () => ({ status: 'succeeded', output: 'done' });
};

describe('the sweep', () => {
  it('leaves everything alone that the stream still has time for', async () => {
    await holdOrder(world);
    await startRun(world, 'sweep-0001');
    later(60);
    expect(await sweep(deps)).toEqual({ seen: 0, failed: 0 });
    expect(machines.started).toEqual([]);
  });

  it('starts the machines that were never started, once', async () => {
    const { approval } = await holdOrder(world);
    const run = await startRun(world, 'sweep-0002');
    later(61);
    expect(await sweep(deps)).toEqual({ seen: 2, failed: 0 });
    await sweep(deps);
    expect(machines.started.map(({ machine, name }) => [machine, name])).toEqual([
      ['arn:approval', approval],
      ['arn:procurement', run],
    ]);
  });

  it('answers a machine that was not told of the decision, and has it carried out', async () => {
    const held = await holdOrder(world);
    await openDesk(world).ask(held, 'token-approval');
    await vote(world, held, 'ada');
    later(61);
    await sweep(deps);
    expect(machines.answers).toEqual([['token-approval', { output: { outcome: 'approved' } }]]);
    expect(executed).toEqual([held.action]);
  });

  it('answers a machine that was not told of a finished task', async () => {
    await openWork(world, 'sweep-0003');
    const desk = taskDesk(world);
    const { task, lease } = (await desk.post('claim', buyer)).body as { task: { id: string }; lease: string };
    await desk.post(`${task.id}/complete`, buyer, { lease, output: 'vendors' });
    later(61);
    machines.statuses.set((await world.database.events())[0]?.run ?? '', 'RUNNING');
    await sweep(deps);
    expect(machines.answers).toEqual([['token-sweep-0003', { output: 'vendors' }]]);
  });

  it('expires an approval whose machine did not, with its action, and tells the machine', async () => {
    const held = await holdOrder(world);
    await openDesk(world).ask(held, 'token-approval');
    later(3600 + 59);
    await sweep(deps);
    expect(await rowOf(approvalKey(held.approval))).toMatchObject({ status: 'pending' });
    later(3600 + 61);
    await sweep(deps);
    expect(await rowOf(approvalKey(held.approval))).toMatchObject({ status: 'expired' });
    expect(await rowOf(actionKey(held.action))).toMatchObject({ status: 'expired' });
    expect(machines.answers).toEqual([['token-approval', { output: { outcome: 'expired' } }]]);
    expect(await sweep(deps)).toEqual({ seen: 0, failed: 0 });
  });

  it('hands a crashed call to the executor, which ends it though nobody ever held it', async () => {
    await crash('sweep-0004');
    later(61);
    await sweep(deps);
    expect(executed).toHaveLength(1);
    for (const action of executed) {
      expect(await executeApproved(world.deps, action)).toMatchObject({ status: 'succeeded', attempt: 2 });
    }
    expect(await sweep(deps)).toEqual({ seen: 0, failed: 0 });
  });

  it('looks after the other rows when one can’t be settled', async () => {
    const broken = await holdOrder(world);
    const good = await holdOrder(world);
    await world.deps.registry.commit({
      writes: [{ kind: 'put', row: { ...approvalKey(broken.approval), v: 1, status: 'nonsense' } }],
      events: [
        {
          v: 1,
          subject: 'BREAK#1',
          version: 1,
          type: 'person.changed',
          at: NOW.toISOString(),
          actor: { kind: 'system', id: 'test' },
          data: {},
        },
      ],
      result: undefined,
    });
    later(61);
    expect(await sweep(deps)).toEqual({ seen: 2, failed: 1 });
    expect(machines.started.map(({ name }) => name)).toEqual([good.approval]);
    expect(world.lines).toContainEqual([
      'error',
      'RECONCILE_FAILED',
      expect.objectContaining({ subject: `ACTION#${broken.action}`, error: 'RowUnreadable' }),
    ]);
  });
});

describe('a run whose machine ended without a word', () => {
  it.each(['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED', undefined])('(%s) has failed', async (status) => {
    const { run, task } = await openWork(world, 'dead-00001');
    if (status) machines.statuses.set(run, status);
    later(61);
    await sweep(deps);
    expect(await rowOf(runKey(run))).toMatchObject({ status: 'failed', problem: { code: 'machine-ended' } });
    expect(await rowOf(taskKey(task))).toMatchObject({ status: 'expired' });
    expect((await taskDesk(world).post('claim', buyer)).status).toBe(204);
    expect(await sweep(deps)).toEqual({ seen: 0, failed: 0 });
  });

  it.each(['RUNNING', 'PENDING_REDRIVE'])('(%s) goes on', async (status) => {
    const { run } = await openWork(world, 'dead-00002');
    machines.statuses.set(run, status);
    later(61);
    await sweep(deps);
    expect(await rowOf(runKey(run))).toMatchObject({ status: 'running' });
  });

  it('has failed when the machine ended before its first step', async () => {
    const run = await startRun(world, 'dead-00003');
    await machines.start('arn:procurement', run, {});
    machines.statuses.set(run, 'FAILED');
    later(61);
    await sweep(deps);
    expect(await rowOf(runKey(run))).toMatchObject({ status: 'failed', problem: { code: 'machine-ended' } });
  });

  it('is not given up because Step Functions does not know yet of the machine just started', async () => {
    const run = await startRun(world, 'dead-00004');
    later(61);
    await sweep({ ...deps, machines: { ...machines, status: async () => undefined } });
    expect(await rowOf(runKey(run))).toMatchObject({ status: 'requested' });
  });
});
