import { describe, expect, it } from 'vitest';
import { actionIdOf, runIdOf } from '../../../core/id.ts';
import { awaitAction } from '../../../core/run/await-action.ts';
import { type Ending, endRun } from '../../../core/run/end-run.ts';
import { requestRun } from '../../../core/run/request-run.ts';
import { runBody, runRow, runStatuses } from '../../../core/run/run.ts';
import { noSwitches } from '../../../core/switch/switch.ts';
import { expireTask } from '../../../core/task/settle-task.ts';
import { NOW, someAgent, someRun, someTask, someWorkflow, stopped } from '../../harness/facts.ts';
import { expectLegal, refusalOf, rowOf, versioned, whole } from '../whole-change.ts';

const actor = { kind: 'administrator', id: 'arn:aws:iam::123456789012:role/cloud-team' } as const;
const body = runBody.parse({
  workflow: 'procurement',
  requester: 'Liam@Example.com',
  input: { item: 'Paper' },
});
const request = { id: runIdOf(actor.id, 'PR-0001'), body, actor };

describe('a run that is asked for', () => {
  it.each(['everything', 'unit:operations', 'workflow:procurement'])(
    'is refused while a kill switch stops %s',
    (scope) => {
      const facts = { workflow: someWorkflow(), existing: undefined, switches: stopped(scope) };
      expect(refusalOf(requestRun(facts, request, NOW))).toBe('blocked');
    },
  );

  it('is recorded for the person and unit, with who asked', () => {
    const change = whole(
      requestRun({ workflow: someWorkflow(), existing: undefined, switches: noSwitches }, request, NOW),
    );
    expect(runRow.parse(change.result)).toMatchObject({
      status: 'requested',
      requester: 'liam@example.com',
      unit: 'operations',
    });
    expect(change.events).toEqual([
      expect.objectContaining({
        type: 'run.requested',
        actor,
        onBehalfOf: 'liam@example.com',
        data: { input: body.input },
      }),
    ]);
    expect(change.writes.map(({ kind }) => kind)).toEqual(['create']);
  });

  it('is the same run when key and body are the same, and no other', () => {
    const existing = whole(
      requestRun({ workflow: someWorkflow(), existing: undefined, switches: noSwitches }, request, NOW),
    ).result;
    const again = (fields: object) =>
      refusalOf(
        requestRun(
          { workflow: someWorkflow(), existing, switches: noSwitches },
          { ...request, body: { ...body, ...fields } },
          NOW,
        ),
      );
    expect(again({})).toBe('repeated');
    for (const other of [{ input: {} }, { requester: 'noa@example.com' }, { workflow: 'other' }]) {
      expect(again(other)).toBe('key-reused');
    }
  });

  it('is refused for a workflow nobody applied', () => {
    expect(
      refusalOf(requestRun({ workflow: undefined, existing: undefined, switches: noSwitches }, request, NOW)),
    ).toBe('unknown-workflow');
  });
});

describe('a run that waits for people', () => {
  const action = actionIdOf(someAgent().id, 'order-0001');

  it('leaves its task and remembers the action, the token beside the action', () => {
    const run = someRun({ currentTask: someTask().id });
    const change = whole(awaitAction(run, { token: 'task-token', action }, NOW));
    expect(change.result).toMatchObject({ status: 'running', awaitedAction: action });
    expect(change.result).not.toHaveProperty('currentTask');
    expect(change.writes).toContainEqual({
      kind: 'put',
      row: { pk: `ACTION#${action}`, sk: 'WAITER', v: 1, token: 'task-token', storedAt: NOW.toISOString() },
    });
    expect(JSON.stringify([versioned(change), change.events])).not.toContain('task-token');
    expectLegal(change, 'RUN', runStatuses);
  });

  it.each(['requested', 'succeeded', 'failed'] as const)('is not one that is %s', (status) => {
    expect(refusalOf(awaitAction(someRun({ status }), { token: 't', action }, NOW))).toBe('run-ended');
  });
});

describe('the end of a run', () => {
  const nothing = { writes: [], events: [] };
  const endings: readonly Ending[] = [
    { status: 'succeeded', output: { order: 'po-1' }, measured: { minutesSaved: 42 }, with: nothing },
    { status: 'failed', problem: { code: 'timeout', detail: 'no agent in an hour' }, with: nothing },
  ];

  it.each(endings)('is recorded once, with what it was worth: $status', (ending) => {
    const run = someRun({ currentTask: someTask().id, awaitedAction: actionIdOf(someAgent().id, 'x') });
    const change = whole(endRun(run, ending, NOW));
    expect(change.result).toMatchObject({ status: ending.status, finishedAt: NOW.toISOString() });
    for (const gone of ['openKind', 'openSince', 'currentTask', 'awaitedAction']) {
      expect(change.result).not.toHaveProperty(gone);
    }
    expect(change.events[0]).toMatchObject({
      type: ending.status === 'succeeded' ? 'run.finished' : 'run.failed',
      data: { ...ending.measured, ...(ending.problem && { problem: ending.problem }) },
    });
    expectLegal(change, 'RUN', runStatuses);
    expect(refusalOf(endRun(change.result, ending, NOW))).toBe('ended');
  });

  it('takes the task nobody needs any more along, in the same change', () => {
    const expired = expireTask(someTask(), NOW) ?? nothing;
    const change = whole(endRun(someRun(), { status: 'failed', with: expired }, NOW));
    expect(change.events.map(({ type }) => type)).toEqual(['run.failed', 'task.expired']);
    expect(rowOf(change, 'TASK')).toMatchObject({ status: 'expired' });
  });

  it('may come before anything ran', () => {
    const change = whole(endRun(someRun({ status: 'requested' }), { status: 'failed', with: nothing }, NOW));
    expect(change.result.status).toBe('failed');
  });
});
