import { describe, expect, it } from 'vitest';
import { requestAction } from '../../../core/action/request-action.ts';
import { actionIdOf } from '../../../core/id.ts';
import { allow, deny, hold, NOW, someAgent, someBody, someGate, someGuard } from '../../harness/facts.ts';

const id = actionIdOf(someAgent().id, 'order-0001');
const request = { id, body: someBody() };
const judged = (decision: typeof allow) => ({ decision, toolHash: 'h1' });

describe('a request at the door', () => {
  it('starts under the gate when policy allows, with one event', () => {
    const change = requestAction({ agent: someAgent(), gate: someGate() }, request, judged(allow), NOW);
    expect(change.result).toMatchObject({ status: 'started', attempt: 1, release: 'r1' });
    expect(change.events.map((event) => event.type)).toEqual(['action.started']);
    expect(change.writes.map((write) => write.kind)).toEqual(['create', 'admit']);
  });

  it('is held with its approval when guards ask for people', () => {
    const facts = { agent: someAgent(), gate: someGate() };
    const change = requestAction(facts, request, judged(hold(someGuard())), NOW);
    expect(change.result).toMatchObject({ status: 'held', attempt: 0, approval: id.replace('act_', 'apr_') });
    expect(change.events.map((event) => event.type)).toEqual(['action.held', 'approval.opened']);
    expect(change.writes.some((write) => write.kind === 'admit')).toBe(false);
  });

  it('is recorded when policy denies', () => {
    const change = requestAction({ agent: someAgent(), gate: someGate() }, request, judged(deny), NOW);
    expect(change.result).toMatchObject({ status: 'denied', problem: { code: 'forbidden' } });
    expect(change.events.map((event) => event.type)).toEqual(['action.denied']);
  });

  it.each([
    ['a suspended agent', { gate: someGate({ stage: 'suspended' }) }, 'agent-inactive'],
    ['a draft agent', { gate: someGate({ stage: 'draft' }) }, 'agent-inactive'],
    ['an agent under a kill switch', { gate: someGate({ blockedBy: 'everything' }) }, 'blocked'],
    ['an agent at its daily cap', { gate: someGate({ actionsToday: 100 }) }, 'daily-cap'],
    ['a task that does not exist', { gate: someGate(), work: 'missing' as const }, 'task-not-leased'],
  ])('denies %s whatever policy says', (_, facts, code) => {
    const change = requestAction({ agent: someAgent(), ...facts }, request, judged(allow), NOW);
    expect(change.result).toMatchObject({ status: 'denied', problem: { code } });
    expect(change.events).toHaveLength(1);
  });

  it('starts afresh on a new day', () => {
    const gate = someGate({ day: '2026-11-22', actionsToday: 100 });
    const change = requestAction({ agent: someAgent(), gate }, request, judged(allow), NOW);
    expect(change.result.status).toBe('started');
  });

  it('gives every versioned row its event, of the same subject and version', () => {
    for (const decision of [allow, hold(someGuard()), deny]) {
      const change = requestAction({ agent: someAgent(), gate: someGate() }, request, judged(decision), NOW);
      const rows = change.writes.flatMap((write) => (write.kind === 'create' ? [write.row] : []));
      expect(rows.map((row) => [row.pk, row.version])).toEqual(
        change.events.map((event) => [event.subject, event.version]),
      );
    }
  });
});
