import { describe, expect, it } from 'vitest';
import { type ActionRow, actionStatuses } from '../../../core/action/action.ts';
import { IN_FLIGHT_SECONDS, resumeAction, type ResumeFacts } from '../../../core/action/resume-action.ts';
import { type CallOutcome, settleAction } from '../../../core/action/settle-action.ts';
import { noSwitches } from '../../../core/switch/switch.ts';
import { later, NOW, someAction, someAgent, startedAction, stopped } from '../../harness/facts.ts';
import { expectLegal, refusalOf, rowOf, whole } from '../whole-change.ts';

const done: CallOutcome = { status: 'succeeded', output: { order: 'po-1' } };
const failed: CallOutcome = { status: 'failed', code: 'http-422', detail: 'total is wrong' };
const unknown: CallOutcome = { status: 'unknown', code: 'timeout', detail: 'no answer in 10 s' };

describe('the answer of a call', () => {
  it.each([
    [done, 'action.succeeded', { output: { order: 'po-1' } }],
    [failed, 'action.failed', { problem: { code: 'http-422', detail: 'total is wrong' } }],
    [unknown, 'action.unknown', { problem: { code: 'timeout', detail: 'no answer in 10 s' } }],
  ])('%o ends the action with its one event', (outcome, type, result) => {
    const change = whole(settleAction(startedAction(), 1, outcome, later(2)));
    expect(change.result).toMatchObject({ status: outcome.status, durationMs: 2000, version: 3, ...result });
    expect(change.events).toMatchObject([{ type, data: { durationMs: 2000, attempt: 1 } }]);
    expect(rowOf(change, 'ACTION')).not.toHaveProperty('openKind');
    expectLegal(change, 'ACTION', actionStatuses);
  });

  it('keeps a tool’s output out of the audit log', () => {
    const change = whole(settleAction(startedAction(), 1, { status: 'succeeded', output: 's3cret' }, NOW));
    expect(JSON.stringify(change.events)).not.toContain('s3cret');
  });

  it.each([0, 1, 3])('of attempt %i is refused when the second is under way', (attempt) => {
    const row = startedAction({ attempt: 2 });
    for (const outcome of [done, failed, unknown]) {
      expect(refusalOf(settleAction(row, attempt, outcome, NOW))).toBe('late');
    }
  });

  it.each(['held', 'unknown', 'denied', 'rejected', 'expired', 'withdrawn', 'succeeded', 'failed'] as const)(
    'is refused when the action is %s',
    (status) => {
      expect(refusalOf(settleAction(someAction({ status, attempt: 1 }), 1, done, NOW))).toBe('late');
    },
  );

  it('never took less than no time, whatever the clocks say', () => {
    expect(whole(settleAction(startedAction(), 1, done, later(-5))).result.durationMs).toBe(0);
  });
});

const left = (action: ActionRow, tool: ResumeFacts['tool']): ResumeFacts => ({
  action,
  tool,
  agent: someAgent(),
  switches: noSwitches,
});

describe('an action a crash left in flight', () => {
  const after = later(IN_FLIGHT_SECONDS);

  it.each(['read', 'keyed'] as const)('is called again under a new attempt when its tool is %s', (effect) => {
    const change = whole(resumeAction(left(startedAction(), { effect, hash: 'h1' }), after));
    expect(change.result).toMatchObject({ status: 'started', attempt: 2, startedAt: after.toISOString() });
    expect(change.events.map(({ type }) => type)).toEqual(['action.resumed']);
    expect(change.writes).toEqual([
      expect.objectContaining({ ifStatus: ['started'], ifVersion: 2 }),
      { kind: 'unfenced', key: { pk: 'AGENT#agt_buyer', sk: 'GATE' }, switches: 0 },
    ]);
    expect(refusalOf(settleAction(change.result, 1, done, after))).toBe('late');
    expectLegal(change, 'ACTION', actionStatuses);
  });

  it.each([
    ['its tool may be called at most once', { effect: 'at-most-once', hash: 'h1' } as const],
    ['its tool is gone', undefined],
    ['its tool is another by now', { effect: 'keyed', hash: 'h2' } as const],
  ])('becomes unknown and is never called again when %s', (_, tool) => {
    const change = whole(resumeAction(left(startedAction(), tool), after));
    expect(change.result).toMatchObject({ status: 'unknown', attempt: 1, problem: { code: 'cut-off' } });
    expect(change.events.map(({ type }) => type)).toEqual(['action.unknown']);
    expect(refusalOf(resumeAction(left(change.result, tool), later(9999)))).toBe('not-started');
  });

  it('is left alone while its call may still be made', () => {
    const justBefore = new Date(after.getTime() - 1);
    expect(refusalOf(resumeAction(left(startedAction(), { effect: 'read', hash: 'h1' }), justBefore))).toBe(
      'in-flight',
    );
  });

  it.each(['everything', 'agent:agt_buyer', 'tool:erp.create_purchase_order'])(
    'waits while a kill switch stops %s, though its tool may be called again',
    (scope) => {
      const facts = { ...left(startedAction(), { effect: 'keyed', hash: 'h1' }), switches: stopped(scope) };
      expect(refusalOf(resumeAction(facts, after))).toBe('blocked');
    },
  );

  it('counts from its last start', () => {
    const again = startedAction({ attempt: 2, startedAt: later(30).toISOString() });
    expect(refusalOf(resumeAction(left(again, { effect: 'read', hash: 'h1' }), after))).toBe('in-flight');
  });

  it.each(['held', 'unknown', 'denied', 'succeeded', 'failed', 'expired'] as const)(
    'is not one that is %s',
    (status) => {
      const row = someAction({ status, startedAt: NOW.toISOString() });
      expect(refusalOf(resumeAction(left(row, { effect: 'read', hash: 'h1' }), after))).toBe('not-started');
    },
  );
});
