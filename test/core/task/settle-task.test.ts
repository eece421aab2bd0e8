import { describe, expect, it } from 'vitest';
import { agentId } from '../../../core/id.ts';
import {
  expireTask,
  type HeldFacts,
  heldLease,
  type Holder,
  settleTask,
} from '../../../core/task/settle-task.ts';
import { taskRow, taskStatuses } from '../../../core/task/task.ts';
import { later, leasedTask, NOW, someLease, someTask } from '../../harness/facts.ts';
import { expectLegal, refusalOf, rowOf, whole } from '../whole-change.ts';

const facts = (fields: Partial<HeldFacts> = {}): HeldFacts => ({
  task: leasedTask(),
  lease: someLease(),
  ...fields,
});
const holder: Holder = { agent: agentId.parse('agt_buyer'), leaseDigest: 'secret-1' };
const completed = { status: 'completed', output: { order: 'po-1' } } as const;
const failed = { status: 'failed', problem: { code: 'no-vendor', detail: 'nobody sells it' } } as const;

describe('an answer to a task', () => {
  it('by its holder ends it, with one event', () => {
    const change = whole(settleTask(facts(), holder, completed, later(59)));
    expect(change.result).toMatchObject({ status: 'completed', output: { order: 'po-1' }, version: 3 });
    expect(change.events).toEqual([
      expect.objectContaining({
        type: 'task.completed',
        agent: 'agt_buyer',
        actor: { kind: 'agent', id: 'agt_buyer' },
      }),
    ]);
    expectLegal(change, 'TASK', taskStatuses);
  });

  it('may be that it failed, with the reason in the event', () => {
    const change = whole(settleTask(facts(), holder, failed, NOW));
    expect(change.result).toMatchObject({ status: 'failed', problem: failed.problem });
    expect(change.events[0]).toMatchObject({ type: 'task.failed', data: { problem: failed.problem } });
    expectLegal(change, 'TASK', taskStatuses);
  });

  it('takes the task out of the queue and the agent’s load', () => {
    const task = leasedTask({ listKind: 'TASKS#agt_buyer', listKey: someTask().id });
    const row = rowOf(whole(settleTask(facts({ task }), holder, completed, NOW)), 'TASK');
    for (const index of ['workQueue', 'workSince', 'listKind', 'listKey'])
      expect(row).not.toHaveProperty(index);
    expect(taskRow.safeParse(row).success).toBe(true);
  });

  it.each<[string, Partial<HeldFacts>, Partial<Holder>, number]>([
    ['after its lease lapsed', {}, {}, 60],
    [
      'by an agent that was replaced',
      {
        task: leasedTask({ fence: 2 }),
        lease: someLease({ fence: 2, agent: agentId.parse('agt_other'), digest: 'secret-2' }),
      },
      {},
      0,
    ],
    [
      'by an agent replaced by itself',
      { task: leasedTask({ fence: 2 }), lease: someLease({ fence: 2, digest: 'secret-2' }) },
      {},
      0,
    ],
    ['under a lease older than the fence', { task: leasedTask({ fence: 2 }) }, {}, 0],
    ['with another’s secret', {}, { leaseDigest: 'secret-2' }, 0],
    ['with the secret of another agent', {}, { agent: agentId.parse('agt_other') }, 0],
    ['without any lease', { lease: undefined }, {}, 0],
    ['to a task nobody holds', { task: someTask({ fence: 1 }) }, {}, 0],
    ['to a task that is done', { task: leasedTask({ status: 'completed' }) }, {}, 0],
    ['to a task that expired', { task: leasedTask({ status: 'expired' }) }, {}, 0],
  ])('%s is refused', (_, fields, by, seconds) => {
    const who = { ...holder, ...by };
    for (const result of [completed, failed]) {
      expect(refusalOf(settleTask(facts(fields), who, result, later(seconds)))).toBe('lease-lost');
    }
    expect(refusalOf(heldLease(facts(fields), who, later(seconds)))).toBe('lease-lost');
  });

  it('says what lease a holder has, for its heartbeat', () => {
    expect(heldLease(facts(), holder, later(59))).toEqual(someLease());
  });
});

describe('a task whose run ended', () => {
  it.each([
    ['open', someTask()],
    ['leased', leasedTask({ listKind: 'TASKS#agt_buyer', listKey: someTask().id })],
  ])('expires while it is %s', (_, task) => {
    const expired = expireTask(task, NOW);
    if (!expired) throw new Error('stays');
    const [event] = expired.events;
    if (!event) throw new Error('leaves no event');
    const change = whole({ ...expired, events: [event], result: {} });
    expect(event).toMatchObject({ type: 'task.expired', actor: { kind: 'system' } });
    expect(rowOf(change, 'TASK')).toMatchObject({ status: 'expired' });
    for (const index of ['workQueue', 'listKind']) expect(rowOf(change, 'TASK')).not.toHaveProperty(index);
    expectLegal(change, 'TASK', taskStatuses);
  });

  it.each(['completed', 'failed', 'expired'] as const)('stays %s', (status) => {
    expect(expireTask(someTask({ status }), NOW)).toBeUndefined();
  });
});
