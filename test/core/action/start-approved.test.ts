import { describe, expect, it } from 'vitest';
import { actionStatuses } from '../../../core/action/action.ts';
import type { Judged } from '../../../core/action/request-action.ts';
import { type ApprovedFacts, startApproved } from '../../../core/action/start-approved.ts';
import { actionIdOf } from '../../../core/id.ts';
import { noSwitches } from '../../../core/switch/switch.ts';
import type { Decision } from '../../../core/policy/decision.ts';
import {
  allow,
  deny,
  hold,
  later,
  NOW,
  someAction,
  someAgent,
  someApproval,
  someGate,
  someGuard,
  someVote,
  stopped,
} from '../../harness/facts.ts';
import { expectLegal, refusalOf, rowOf, whole } from '../whole-change.ts';

const approved = (fields: Parameters<typeof someApproval>[0] = {}) =>
  someApproval({ status: 'approved', version: 3, votes: [someVote('ann')], ...fields });
const facts = (fields: Partial<ApprovedFacts> = {}): ApprovedFacts => ({
  agent: someAgent(),
  gate: someGate(),
  switches: noSwitches,
  action: someAction(),
  approval: approved(),
  lapseMinutes: 15,
  ...fields,
});
const judged = (fields: Partial<Judged> = {}): Judged => ({
  decision: { ...allow, release: 'r2' },
  asked: {
    agent: { id: 'agt_buyer', unit: 'operations', roles: ['buyer'], stage: 'production', sponsor: 'vera' },
    approvals: [someGuard().id],
  },
  toolHash: 'h1',
  ...fields,
});
const broken: Decision = { outcome: 'deny', release: 'r2', policies: [], reason: 'error', detail: '' };
const lapse = 15 * 60;

describe('an approved action', () => {
  it('starts under the gate and the very approval, and records the release that judged it afresh', () => {
    const change = whole(startApproved(facts(), judged(), NOW));
    expect(change.result).toMatchObject({
      status: 'started',
      attempt: 1,
      release: 'r2',
      policies: allow.policies,
    });
    expect(change.writes.map(({ kind }) => kind)).toEqual(['replace', 'unchanged', 'admit']);
    expect(change.writes[1]).toEqual({
      kind: 'unchanged',
      key: { pk: approved().pk, sk: 'APPROVAL' },
      ifVersion: 3,
    });
    expect(change.events).toEqual([expect.objectContaining({ type: 'action.started', decision: 'allow' })]);
    expectLegal(change, 'ACTION', actionStatuses);
  });

  it('keeps in event and row what the engine was asked, the guards the votes lifted included', () => {
    for (const verdict of [{}, { decision: deny }]) {
      const { events, result } = whole(startApproved(facts(), judged(verdict), NOW));
      expect(result.decided).toMatchObject({ agent: { roles: ['buyer'] }, approvals: [someGuard().id] });
      expect(events[0].data['decided']).toEqual(result.decided);
    }
  });

  it('starts until its approval lapses, and not a moment later', () => {
    expect(whole(startApproved(facts(), judged(), later(lapse))).result.status).toBe('started');
    const late = whole(startApproved(facts(), judged(), new Date(later(lapse).getTime() + 1)));
    expect(late.result).toMatchObject({ status: 'expired', problem: { code: 'approval-lapsed' } });
    expect(late.events.map(({ type }) => type)).toEqual(['action.expired']);
  });

  it.each([1, 60, 1440])('waits the %s minutes the stage was set to', (lapseMinutes) => {
    const at = (seconds: number) =>
      whole(startApproved(facts({ lapseMinutes }), judged(), later(seconds))).result;
    expect(at(lapseMinutes * 60).status).toBe('started');
    expect(at(lapseMinutes * 60 + 1).problem?.detail).toContain(`within ${lapseMinutes} minutes`);
  });

  it('lapses from its last vote', () => {
    const votes = [someVote('ann'), someVote('bob', { at: later(600).toISOString() })];
    const change = whole(
      startApproved(facts({ approval: approved({ votes }) }), judged(), later(lapse + 600)),
    );
    expect(change.result.status).toBe('started');
  });

  const changed = someAction({
    input: { vendor: 'Northwind', total: '9200.00' },
    digest: someAction().digest,
  });
  const elsewhere = actionIdOf(someAgent().id, 'order-0002');
  it.each<[string, Partial<ApprovedFacts>, Partial<Judged>, string]>([
    ['its input is not what was approved', { action: changed }, {}, 'not-what-was-approved'],
    [
      'it acts for another person than was approved',
      { action: someAction({ onBehalfOf: 'noa@example.com', digest: someAction().digest }) },
      {},
      'not-what-was-approved',
    ],
    [
      'the approval is for another digest',
      { approval: approved({ digest: 'd2' }) },
      {},
      'not-what-was-approved',
    ],
    [
      'the approval is for another action',
      { approval: approved({ action: elsewhere }) },
      {},
      'not-what-was-approved',
    ],
    ['the tool was changed', {}, { toolHash: 'h2' }, 'tool-changed'],
    ['the tool is gone', {}, { toolHash: '' }, 'tool-changed'],
    ['policy now forbids it', {}, { decision: deny }, 'forbidden'],
    ['the rules can not be evaluated', {}, { decision: broken }, 'error'],
    ['the votes do not meet the rules of now', {}, { decision: hold(someGuard()) }, 'approval-not-enough'],
    ['the agent was suspended', { gate: someGate({ stage: 'suspended' }) }, {}, 'agent-inactive'],
    ['a kill switch covers the agent', { switches: stopped('everything') }, {}, 'blocked'],
    ['the agent used up its day', { gate: someGate({ actionsToday: 100 }) }, {}, 'daily-cap'],
  ])('ends denied when %s', (_, fields, verdict, code) => {
    const change = whole(startApproved(facts(fields), judged(verdict), NOW));
    expect(change.result).toMatchObject({
      status: 'denied',
      attempt: 0,
      problem: { code },
      settledAt: NOW.toISOString(),
    });
    const { problem } = change.result;
    expect(change.events).toMatchObject([{ type: 'action.denied', decision: 'deny', data: { problem } }]);
    expect(change.writes.map(({ kind }) => kind)).toEqual(['replace']);
    expect(rowOf(change, 'ACTION')).not.toHaveProperty('openKind');
    expectLegal(change, 'ACTION', actionStatuses);
  });

  it('does not need its task any more: people may have taken longer than a lease', () => {
    const change = startApproved(facts({ work: 'missing' }), judged(), NOW);
    expect(whole(change).result.status).toBe('started');
  });

  it.each(['pending', 'denied', 'expired', 'withdrawn'] as const)(
    'is not one whose approval is %s',
    (status) => {
      expect(refusalOf(startApproved(facts({ approval: approved({ status }) }), judged(), NOW))).toBe(
        'not-approved',
      );
    },
  );

  it.each([
    'started',
    'succeeded',
    'failed',
    'unknown',
    'denied',
    'rejected',
    'expired',
    'withdrawn',
  ] as const)('does not start from %s', (status) => {
    expect(refusalOf(startApproved(facts({ action: someAction({ status }) }), judged(), NOW))).toBe(
      'not-held',
    );
  });
});
