import { describe, expect, it } from 'vitest';
import { approvedDigest } from '../../../core/action/action-row.ts';
import { requestAction } from '../../../core/action/request-action.ts';
import { actionIdOf } from '../../../core/id.ts';
import { noSwitches } from '../../../core/switch/switch.ts';
import {
  allow,
  deny,
  hold,
  NOW,
  someAgent,
  someBody,
  someGate,
  someGuard,
  stopped,
} from '../../harness/facts.ts';
import { rowOf, whole } from '../whole-change.ts';

const id = actionIdOf(someAgent().id, 'order-0001');
const request = { id, body: someBody() };
const asked = {
  agent: { id: 'agt_buyer', unit: 'operations', roles: ['buyer'], stage: 'production', sponsor: 'vera' },
  approvals: [],
};
const judged = (decision: typeof allow) => ({ decision, asked, toolHash: 'h1' });

describe('a request at the door', () => {
  it('starts under the gate when policy allows, with one event', () => {
    const change = requestAction(
      { agent: someAgent(), gate: someGate(), switches: noSwitches },
      request,
      judged(allow),
      NOW,
    );
    expect(change.result).toMatchObject({ status: 'started', attempt: 1, release: 'r1' });
    expect(change.events.map((event) => event.type)).toEqual(['action.started']);
    expect(change.writes.map((write) => write.kind)).toEqual(['create', 'admit']);
  });

  it('is held with its approval when guards ask for people', () => {
    const facts = { agent: someAgent(), gate: someGate(), switches: noSwitches };
    const change = requestAction(facts, request, judged(hold(someGuard())), NOW);
    expect(change.result).toMatchObject({ status: 'held', attempt: 0, approval: id.replace('act_', 'apr_') });
    expect(change.events.map((event) => event.type)).toEqual(['action.held', 'approval.opened']);
    expect(change.writes.some((write) => write.kind === 'admit')).toBe(false);
  });

  it('is recorded when policy denies', () => {
    const change = requestAction(
      { agent: someAgent(), gate: someGate(), switches: noSwitches },
      request,
      judged(deny),
      NOW,
    );
    expect(change.result).toMatchObject({ status: 'denied', problem: { code: 'forbidden' } });
    expect(change.events.map((event) => event.type)).toEqual(['action.denied']);
  });

  it.each([
    ['a suspended agent', { gate: someGate({ stage: 'suspended' }) }, 'agent-inactive'],
    ['a draft agent', { gate: someGate({ stage: 'draft' }) }, 'agent-inactive'],
    ['an agent under a kill switch', { switches: stopped('everything') }, 'blocked'],
    ['an agent at its daily cap', { gate: someGate({ actionsToday: 100 }) }, 'daily-cap'],
    ['a task that does not exist', { work: 'missing' as const }, 'task-not-leased'],
  ])('denies %s whatever policy says', (_, facts, code) => {
    const base = { agent: someAgent(), gate: someGate(), switches: noSwitches };
    const change = requestAction({ ...base, ...facts }, request, judged(allow), NOW);
    expect(change.result).toMatchObject({ status: 'denied', problem: { code } });
    expect(change.events).toHaveLength(1);
  });

  it('starts afresh on a new day', () => {
    const gate = someGate({ day: '2026-11-22', actionsToday: 100 });
    const change = requestAction(
      { agent: someAgent(), gate, switches: noSwitches },
      request,
      judged(allow),
      NOW,
    );
    expect(change.result.status).toBe('started');
  });

  it('gives every versioned row its event, of the same subject and version', () => {
    for (const decision of [allow, hold(someGuard()), deny]) {
      whole(
        requestAction(
          { agent: someAgent(), gate: someGate(), switches: noSwitches },
          request,
          judged(decision),
          NOW,
        ),
      );
    }
  });

  it('asks nobody for approval of what the agent may not even start', () => {
    const facts = { agent: someAgent(), gate: someGate(), switches: stopped('everything') };
    const change = requestAction(facts, request, judged(hold(someGuard())), NOW);
    expect(change.result).toMatchObject({ status: 'denied', problem: { code: 'blocked' } });
    expect(change.writes.map(({ kind }) => kind)).toEqual(['create']);
  });

  it('opens an approval that is bound to the action by its digest', () => {
    const facts = { agent: someAgent(), gate: someGate(), switches: noSwitches };
    const change = requestAction(facts, request, judged(hold(someGuard())), NOW);
    const { digest, approval } = change.result;
    expect(rowOf(change, 'APPROVAL')).toMatchObject({ id: approval, action: id, digest, status: 'pending' });
    expect(digest).toBe(approvedDigest(change.result));
  });

  it.each([
    ['allow', allow],
    ['hold', hold(someGuard())],
    ['deny', deny],
  ])('records who asked for what, why and under which release when it is %s', (outcome, decision) => {
    const { events } = requestAction(
      { agent: someAgent(), gate: someGate(), switches: noSwitches },
      request,
      judged(decision),
      NOW,
    );
    expect(events[0]).toMatchObject({
      decision: outcome,
      actor: { kind: 'agent', id: 'agt_buyer' },
      purpose: request.body.purpose,
      tool: request.body.tool,
      release: 'r1',
      data: { input: request.body.input, policies: decision.policies },
    });
  });

  it.each([
    ['allow', allow, undefined],
    ['hold', hold(someGuard()), undefined],
    ['deny', deny, 'forbidden'],
  ])('keeps in event and row what the engine was asked when it said %s', (outcome, decision, reason) => {
    const facts = { agent: someAgent(), gate: someGate(), switches: noSwitches };
    const { events, result } = requestAction(facts, request, judged(decision), NOW);
    const { id: agent, ...about } = asked.agent;
    const kept = { outcome, ...(reason && { reason }), agent: about, approvals: [] };
    expect(result.decided).toEqual(kept);
    expect(events[0]?.data['decided']).toEqual(kept);
  });

  it('keeps the engine’s own answer beside the obstacle that denied', () => {
    const facts = { agent: someAgent(), gate: someGate(), switches: stopped('everything') };
    const { result, events } = requestAction(facts, request, judged(allow), NOW);
    expect(result).toMatchObject({ problem: { code: 'blocked' }, decided: { outcome: 'allow' } });
    expect(events[0]).toMatchObject({ decision: 'deny', data: { decided: { outcome: 'allow' } } });
  });
});
