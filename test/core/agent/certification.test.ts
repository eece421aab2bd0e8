import { describe, expect, it } from 'vitest';
import type { AgentRow } from '../../../core/agent/agent.ts';
import { dueNow, recordReminder, REMIND_DAYS, suspendMissed } from '../../../core/agent/certification.ts';
import { type Permitted, staleness } from '../../../core/agent/stale.ts';
import { later, NOW, someAgent, someGate } from '../../harness/facts.ts';
import { whole } from '../whole-change.ts';

const DAY = 86_400;
const until = (recertifyBy: string, fields: Partial<AgentRow> = {}) => someAgent({ recertifyBy, ...fields });

describe('a certification', () => {
  it.each<[string, AgentRow, object]>([
    ['has no end', someAgent(), { kind: 'nothing' }],
    ['ends in 15 days', until('2026-12-08'), { kind: 'nothing' }],
    ['ends in 14 days', until('2026-12-07'), { kind: 'remind', daysAhead: 14, daysLeft: 14 }],
    ['ends in 8 days', until('2026-12-01'), { kind: 'remind', daysAhead: 14, daysLeft: 8 }],
    ['ends in 7 days', until('2026-11-30'), { kind: 'remind', daysAhead: 7, daysLeft: 7 }],
    ['ends tomorrow', until('2026-11-24'), { kind: 'remind', daysAhead: 1, daysLeft: 1 }],
    ['ends today', until('2026-11-23'), { kind: 'remind', daysAhead: 1, daysLeft: 0 }],
    ['ended yesterday', until('2026-11-22'), { kind: 'suspend' }],
    [
      'ended, of an agent suspended already',
      until('2026-11-22', { stage: 'suspended' }),
      { kind: 'nothing' },
    ],
    ['ended, of a retired agent', until('2026-11-22', { stage: 'retired' }), { kind: 'nothing' }],
  ])('that %s demands what it should', (_, agent, due) => {
    expect(dueNow(agent, NOW)).toEqual(due);
  });

  it('is reminded of three times until its end, whoever looks each day', () => {
    let agent = until('2026-12-23');
    const sent: number[] = [];
    for (let day = 0; day <= 30; day += 1) {
      const due = dueNow(agent, later(day * DAY));
      if (due.kind !== 'remind') continue;
      sent.push(due.daysLeft);
      agent = whole(recordReminder(agent, due.daysAhead, later(day * DAY))).result;
    }
    expect(sent).toEqual([...REMIND_DAYS]);
  });

  it('given anew is reminded of anew', () => {
    const agent = whole(recordReminder(until('2026-11-24'), 1, NOW)).result;
    expect(dueNow(agent, NOW)).toEqual({ kind: 'nothing' });
    expect(dueNow({ ...agent, recertifyBy: '2026-11-30' }, NOW)).toMatchObject({ kind: 'remind' });
  });

  it('that ended suspends row and gate, with an event that says why', () => {
    const { writes, events } = whole(suspendMissed(until('2026-11-22', { version: 3 }), NOW));
    expect(writes).toEqual([
      expect.objectContaining({ kind: 'replace', ifVersion: 3 }),
      expect.objectContaining({ kind: 'gate', stage: 'suspended', recertifyBy: '2026-11-22' }),
    ]);
    expect(events).toEqual([
      expect.objectContaining({
        type: 'agent.suspended',
        version: 4,
        data: expect.objectContaining({ why: 'recertification-missed' }) as object,
      }),
    ]);
  });
});

describe('an agent is stale', () => {
  const facts = {
    agent: until('2027-01-01'),
    gate: someGate({ since: '2026-11-23' }),
    sponsor: { status: 'active' } as const,
    permitted: [] as Permitted[],
    used: new Map<string, string>(),
  };
  it.each<[string, object, number, string[]]>([
    ['not while it works and somebody answers for it', {}, 0, []],
    ['not a day before the days are over', {}, 89 * DAY, []],
    ['when it did nothing for so many days', {}, 90 * DAY, ['unused']],
    ['when its sponsor left', { sponsor: { status: 'left' } }, 0, ['orphaned']],
    ['when its sponsor is nobody', { sponsor: undefined }, 0, ['orphaned']],
    ['when its certification has no end', { agent: someAgent() }, 0, ['never-recertified']],
    [
      'never once it is retired',
      { agent: someAgent({ stage: 'retired' }), sponsor: undefined },
      900 * DAY,
      [],
    ],
  ])('%s', (_, changed, seconds, reasons) => {
    const found = staleness({ ...facts, ...changed }, 90, later(seconds));
    expect(found.map(({ reason }) => reason)).toEqual(reasons);
  });

  const permitted = [{ tool: 'erp.pay', policies: ['coe-pay', 'operations-pay'] }];
  it.each<[string, object, number, string[]]>([
    ['not when it used the tool', { used: new Map([['erp.pay', '2026-11-24']]) }, 89 * DAY, []],
    ['not while it is too new to tell', {}, 89 * DAY, []],
    [
      'when it used another tool alone',
      {
        used: new Map([['erp.read', '2027-02-20']]),
        gate: someGate({ day: '2027-02-20', since: '2026-11-23' }),
      },
      90 * DAY,
      ['erp.pay never used; coe-pay, operations-pay permits it'],
    ],
    [
      'when it used it too long ago',
      {
        used: new Map([['erp.pay', '2026-11-23']]),
        gate: someGate({ day: '2027-02-20', since: '2026-01-01' }),
      },
      90 * DAY,
      ['erp.pay last used on 2026-11-23; coe-pay, operations-pay permits it'],
    ],
    [
      'when nobody knows since when it is registered',
      { gate: someGate({ since: undefined }) },
      0,
      ['erp.pay never used; coe-pay, operations-pay permits it'],
    ],
  ])('by a right it does not use: %s', (_, changed, seconds, details) => {
    const found = staleness({ ...facts, permitted, ...changed }, 90, later(seconds));
    expect(found.filter(({ reason }) => reason === 'over-privileged').map(({ detail }) => detail)).toEqual(
      details,
    );
  });

  it('says whether it ever acted', () => {
    const [never] = staleness({ ...facts, gate: someGate({ actionsToday: 0 }) }, 1, later(DAY));
    expect(never?.detail).toBe('never acted; registered on 2026-11-23, 1 days ago');
  });
});
