import { describe, expect, it } from 'vitest';
import { taskIdOfAction } from '../../../core/id.ts';
import { askAgent } from '../../../core/task/ask-agent.ts';
import { unfitFor } from '../../../core/task/claim-task.ts';
import { expireTask, settleTask } from '../../../core/task/settle-task.ts';
import { taskRow, taskStatuses } from '../../../core/task/task.ts';
import { ableAgent, later, NOW, someLease, startedAction } from '../../harness/facts.ts';
import { expectLegal, refusalOf, rowOf, whole } from '../whole-change.ts';

const asked = { unit: 'sales', capability: 'buying', seconds: 60 };
const action = startedAction();
const opened = (fields: Parameters<typeof startedAction>[0] = {}) =>
  whole(askAgent({ action: startedAction(fields), existing: undefined }, asked, NOW));

describe('an action that another agent is asked to do', () => {
  it('is a task in the queue of the unit that is asked, until the action’s time is over', () => {
    const { result } = opened();
    expect(taskRow.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      id: taskIdOfAction(action.id),
      action: action.id,
      asker: action.agent,
      onBehalfOf: action.onBehalfOf,
      input: action.input,
      workQueue: 'sales/buying',
      deadline: later(60).toISOString(),
      openKind: 'TASK',
      openSince: later(60).toISOString(),
    });
  });

  it('is one only while the action is as it was seen', () => {
    expect(opened().writes).toContainEqual({
      kind: 'unchanged',
      key: { pk: action.pk, sk: action.sk },
      ifVersion: action.version,
    });
    for (const status of ['held', 'succeeded', 'failed', 'unknown'] as const) {
      const facts = { action: startedAction({ status }), existing: undefined };
      expect(refusalOf(askAgent(facts, asked, NOW))).toBe('not-started');
    }
  });

  it('is a task once', () => {
    const { result: existing } = opened();
    expect(refusalOf(askAgent({ action, existing }, asked, NOW))).toBe('asked');
  });

  it('tells its event nothing of the input', () => {
    const secret = opened({ input: { note: 'confidential' } });
    expect(JSON.stringify(secret.events)).not.toContain('confidential');
  });

  it('is not for the agent that asked', () => {
    const { result } = opened();
    const unit = { unit: 'sales' };
    expect(unfitFor(result, ableAgent(action.agent, unit))).toBe('it asked for it itself');
    expect(unfitFor(result, ableAgent('agt_other', unit))).toBeUndefined();
  });

  it('is swept no more once it is settled or expired', () => {
    const task = { ...opened().result, status: 'leased' as const, fence: 1 };
    const expired = whole(expireTask(task, NOW, 'reconcile') ?? { refused: 'none', detail: '' });
    expectLegal(expired, 'TASK', taskStatuses);
    const holder = { agent: someLease().agent, leaseDigest: someLease().digest };
    const settled = settleTask({ task, lease: someLease() }, holder, { status: 'completed', output: 1 }, NOW);
    for (const each of [expired, whole(settled)])
      for (const index of ['openKind', 'openSince', 'workQueue', 'workSince'])
        expect(rowOf(each, 'TASK')).not.toHaveProperty(index);
  });
});
