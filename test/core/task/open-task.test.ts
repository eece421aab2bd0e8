import { describe, expect, it } from 'vitest';
import { taskIdOf } from '../../../core/id.ts';
import { runStatuses } from '../../../core/run/run.ts';
import { openTask } from '../../../core/task/open-task.ts';
import { later, leasedTask, NOW, someRun, someTask } from '../../harness/facts.ts';
import { expectLegal, refusalOf, rowOf, versioned, whole } from '../whole-change.ts';

const run = someRun({ status: 'requested' });
const step = {
  id: taskIdOf(run.id, 'Act', '1'),
  run: run.id,
  step: 'Act',
  capability: 'buying',
  input: { item: 'Paper' },
  leaseSeconds: 60,
  deadlineSeconds: 600,
  token: 'task-token',
};

describe('a step of a run', () => {
  it('opens a task for its capability and moves the run to it', () => {
    const change = whole(openTask({ run, existing: undefined }, step, NOW));
    expect(change.result).toEqual(someTask());
    expect(change.events.map(({ type }) => type)).toEqual(['run.waiting', 'task.opened']);
    expect(rowOf(change, 'RUN')).toMatchObject({ status: 'running', currentTask: step.id, version: 2 });
    expectLegal(change, 'RUN', runStatuses);
  });

  it('is for the person the run was requested for, whatever the step says', () => {
    const other = someRun({ requester: 'noa@example.com' });
    expect(whole(openTask({ run: other, existing: undefined }, step, NOW)).result.onBehalfOf).toBe(
      'noa@example.com',
    );
  });

  it('no longer waits for the action of the step before', () => {
    const waiting = someRun({ awaitedAction: 'act_0000000000' as never });
    const change = whole(openTask({ run: waiting, existing: undefined }, step, NOW));
    expect(rowOf(change, 'RUN')).not.toHaveProperty('awaitedAction');
  });

  it('keeps the machine’s token out of every row and event people see', () => {
    const change = whole(openTask({ run, existing: undefined }, step, NOW));
    expect(JSON.stringify([versioned(change), change.events, change.result])).not.toContain('task-token');
    expect(change.writes).toContainEqual({
      kind: 'put',
      row: { pk: someTask().pk, sk: 'WAITER', v: 1, token: 'task-token', storedAt: NOW.toISOString() },
    });
  });

  it('asked again keeps the task as it is, under the new token', () => {
    const change = whole(
      openTask({ run: someRun(), existing: leasedTask() }, { ...step, token: 'token-2' }, later(9)),
    );
    expect(change.result).toEqual(leasedTask());
    expect(change.events.map(({ type }) => type)).toEqual(['run.waiting']);
    expect(JSON.stringify(change.writes)).toContain('token-2');
  });

  it.each(['succeeded', 'failed'] as const)('is refused when the run %s', (status) => {
    expect(refusalOf(openTask({ run: someRun({ status }), existing: undefined }, step, NOW))).toBe(
      'run-ended',
    );
  });
});
