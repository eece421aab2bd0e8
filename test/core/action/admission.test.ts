import { describe, expect, it } from 'vitest';
import { type AdmissionFacts, dayOf, findObstacle } from '../../../core/action/admission.ts';
import { admit } from '../../../core/action/request-action.ts';
import { agentId } from '../../../core/id.ts';
import { noSwitches } from '../../../core/switch/switch.ts';
import { later, leasedTask, NOW, someAgent, someGate, someTask, stopped } from '../../harness/facts.ts';

const facts = (fields: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
  agent: someAgent({ roles: ['buyer'] }),
  gate: someGate(),
  switches: noSwitches,
  ...fields,
});
const doing = { tool: 'erp.pay', workflow: 'procurement' };
const buyer = someAgent().id;

describe('an agent', () => {
  it.each<[string, Partial<AdmissionFacts>]>([
    ['in production', {}],
    ['in pilot', { gate: someGate({ stage: 'pilot' }) }],
    ['with one action of the day left', { gate: someGate({ actionsToday: 99 }) }],
    ['whose full count is yesterday’s', { gate: someGate({ day: '2026-11-22', actionsToday: 100 }) }],
    [
      'that other switches leave alone',
      {
        switches: stopped(
          ...['unit:hr', 'role:clerk', 'agent:agt_other', 'tool:erp.read', 'workflow:other', 'agent:buyer'],
        ),
      },
    ],
    ['that holds the task', { work: { task: leasedTask(), heldBy: buyer } }],
  ])('%s may start', (_, fields) => {
    expect(findObstacle(facts(fields), doing, NOW)).toBeUndefined();
  });

  it.each<[string, Partial<AdmissionFacts>, string]>([
    ['in draft', { gate: someGate({ stage: 'draft' }) }, 'agent-inactive'],
    ['suspended', { gate: someGate({ stage: 'suspended' }) }, 'agent-inactive'],
    ['retired', { gate: someGate({ stage: 'retired' }) }, 'agent-inactive'],
    ['when everything is stopped', { switches: stopped('everything') }, 'blocked'],
    ['when its unit is stopped', { switches: stopped('unit:operations') }, 'blocked'],
    ['when a role of its is stopped', { switches: stopped('role:buyer') }, 'blocked'],
    [
      'when it is stopped itself, among others',
      { switches: stopped('unit:hr', 'agent:agt_buyer') },
      'blocked',
    ],
    ['with a tool that is stopped', { switches: stopped('tool:erp.pay') }, 'blocked'],
    ['in a workflow that is stopped', { switches: stopped('workflow:procurement') }, 'blocked'],
    ['at its cap', { gate: someGate({ actionsToday: 100 }) }, 'daily-cap'],
    ['beyond its cap', { gate: someGate({ actionsToday: 101 }) }, 'daily-cap'],
    ['naming a task there is not', { work: 'missing' }, 'task-not-leased'],
    ['naming a task nobody holds', { work: { task: someTask(), heldBy: undefined } }, 'task-not-leased'],
    ['whose lease lapsed', { work: { task: leasedTask(), heldBy: undefined } }, 'task-not-leased'],
    [
      'naming another’s task',
      { work: { task: leasedTask(), heldBy: agentId.parse('agt_other') } },
      'task-not-leased',
    ],
    [
      'naming a task that is done',
      { work: { task: someTask({ status: 'completed' }), heldBy: buyer } },
      'task-not-leased',
    ],
  ])('%s may not', (_, fields, code) => {
    expect(findObstacle(facts(fields), doing, NOW)?.code).toBe(code);
  });

  it('is judged by its gate, which a switch flips first, not by its own row', () => {
    const retiring = facts({
      agent: someAgent({ stage: 'production' }),
      gate: someGate({ stage: 'retired' }),
    });
    expect(findObstacle(retiring, doing, NOW)?.code).toBe('agent-inactive');
  });
});

describe('passing the gate', () => {
  it('commits only if stage and day are still what the decision saw, and no later switch fenced it', () => {
    expect(
      admit({ gate: someGate({ day: '2026-11-22' }), switches: stopped('tool:a', 'tool:b') }, 'erp.pay', NOW),
    ).toEqual({
      kind: 'admit',
      key: { pk: 'AGENT#agt_buyer', sk: 'GATE' },
      day: '2026-11-23',
      seenDay: '2026-11-22',
      stages: ['pilot', 'production'],
      switches: 2,
      tool: 'erp.pay',
    });
  });

  it('counts by the day in UTC', () => {
    expect(dayOf(later(14 * 3600 - 1))).toBe('2026-11-23');
    expect(dayOf(later(14 * 3600))).toBe('2026-11-24');
  });
});
