import { describe, expect, it } from 'vitest';
import { approvedDigest, newActionRow } from '../../../core/action/action-row.ts';
import { actionView } from '../../../core/action/action-view.ts';
import { actionBody } from '../../../core/action/action.ts';
import { actionIdOf, agentId } from '../../../core/id.ts';
import { noSwitches } from '../../../core/switch/switch.ts';
import {
  leasedTask,
  NOW,
  someAction,
  someAgent,
  someApproval,
  someBody,
  someGate,
} from '../../harness/facts.ts';

describe('what an approver approves', () => {
  const parts = {
    agent: agentId.parse('agt_buyer'),
    onBehalfOf: 'liam@example.com',
    tool: 'erp.create_purchase_order',
    toolHash: 'h1',
    input: { vendor: 'Northwind', total: '1200.00' },
  };

  it.each<[string, Partial<typeof parts> | { onBehalfOf: undefined }]>([
    ['another agent', { agent: agentId.parse('agt_other') }],
    ['another person acted for', { onBehalfOf: 'noa@example.com' }],
    ['nobody acted for', { onBehalfOf: undefined }],
    ['another tool', { tool: 'erp.get_quotes' }],
    ['another definition of the tool', { toolHash: 'h2' }],
    ['another field of the input', { input: { ...parts.input, total: '1200.01' } }],
    ['a further field of the input', { input: { ...parts.input, note: '' } as typeof parts.input }],
    ['the same number as text', { input: { ...parts.input, total: 1200 } as never }],
  ])('is another thing with %s', (_, changed) => {
    expect(approvedDigest({ ...parts, ...changed })).not.toBe(approvedDigest(parts));
  });

  it('does not depend on the order fields were sent in', () => {
    const input = { total: '1200.00', vendor: 'Northwind' };
    expect(approvedDigest({ ...parts, input })).toBe(approvedDigest(parts));
  });

  it('does not depend on anything else, such as the agent’s words', () => {
    expect(someAction({ purpose: 'please' }).digest).toBe(someAction().digest);
  });
});

describe('a new action', () => {
  const id = actionIdOf(someAgent().id, 'order-0001');
  const request = { id, body: someBody() };

  it('acts for whom its task’s record names, never for whom the agent says', () => {
    const work = { task: leasedTask(), heldBy: someAgent().id };
    const row = newActionRow(
      { agent: someAgent(), gate: someGate(), switches: noSwitches, work },
      request,
      'h1',
      NOW,
    );
    expect(row).toMatchObject({
      onBehalfOf: 'liam@example.com',
      run: work.task.run,
      workflow: 'procurement',
    });
    expect(actionBody.safeParse({ ...someBody(), onBehalfOf: 'ceo@example.com' }).success).toBe(false);
  });

  it.each([
    ['no task', undefined],
    ['a task that does not exist', 'missing' as const],
  ])('acts for nobody with %s', (_, work) => {
    const row = newActionRow(
      { agent: someAgent(), gate: someGate(), switches: noSwitches, work },
      request,
      'h1',
      NOW,
    );
    expect(row).toMatchObject({ onBehalfOf: undefined, task: undefined, run: undefined });
  });

  it('remembers the whole request, so that one key carries one request', () => {
    const digestOf = (fields: object) =>
      newActionRow(
        { agent: someAgent(), gate: someGate(), switches: noSwitches },
        { id, body: someBody(fields) },
        'h1',
        NOW,
      ).requestDigest;
    expect(digestOf({})).toBe(digestOf({}));
    for (const other of [{ tool: 'erp.other' }, { input: {} }, { purpose: 'other' }]) {
      expect(digestOf(other)).not.toBe(digestOf({}));
    }
  });
});

describe('an action as its agent sees it', () => {
  it('holds no person, vote, digest or token', () => {
    const approval = someApproval({ votes: [{ person: 'ann', decision: 'approve', at: NOW.toISOString() }] });
    const view = actionView(someAction(), approval);
    expect(JSON.stringify(view)).not.toMatch(/ann|liam|digest|token/);
    expect(view.approval).toEqual({
      id: approval.id,
      expiresAt: approval.expiresAt,
      requires: [{ group: 'budget-owners', count: 1 }],
    });
  });

  it('shows how it ended', () => {
    const problem = { code: 'forbidden', detail: 'the vendor is blocked' };
    expect(actionView(someAction({ status: 'denied', problem }))).toMatchObject({
      status: 'denied',
      problem,
    });
    expect(actionView(someAction()).approval).toBeUndefined();
  });
});
