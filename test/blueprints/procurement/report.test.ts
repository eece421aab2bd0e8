import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Followed } from '../../../blueprints/procurement/follow-runs.ts';
import { readRequests } from '../../../blueprints/procurement/read-requests.ts';
import { reconcile } from '../../../blueprints/procurement/reconcile-audit.ts';
import { makeReport } from '../../../blueprints/procurement/report.ts';
import type { AuditRecord } from '../../../client/admin/audit.ts';
import type { RunView } from '../../../client/admin/runs.ts';
import { runs } from '../../core/property-runs.ts';

const ORDER = 'erp.create_purchase_order';
const at = '2026-11-23T10:00:00.000Z';
const event = (subject: string, version: number, type: string, tool = ORDER): AuditRecord => ({
  run: subject === 'ACTION#act_other' ? 'run_other' : 'run_1',
  subject,
  version,
  type,
  at,
  tool,
});

/** What the log says of one order action, started at once and done. */
const ordered = (id: string) => [
  event(`ACTION#${id}`, 1, 'action.started'),
  event(`ACTION#${id}`, 2, 'action.succeeded'),
];
const placed = (key: string) => ({ id: `po-${key}`, key });

const log = [
  ...ordered('act_1'),
  event('ACTION#act_2', 1, 'action.held'),
  event('APPROVAL#apr_2', 1, 'approval.opened'),
  event('APPROVAL#apr_2', 2, 'approval.approved'),
  event('ACTION#act_2', 2, 'action.started'),
  event('ACTION#act_2', 3, 'action.resumed'),
  event('ACTION#act_2', 4, 'action.succeeded'),
  event('ACTION#act_3', 1, 'action.denied'),
  event('ACTION#act_4', 1, 'action.held'),
  event('ACTION#act_other', 1, 'action.held'),
  event('ACTION#act_5', 1, 'action.started', 'erp.get_quotes'),
  event('ACTION#act_5', 2, 'action.succeeded', 'erp.get_quotes'),
  event('RUN#run_1', 1, 'run.requested'),
];
const orders = [placed('act_1'), placed('act_2')];
/** The ERP's record when its journal has a line for each order, and one for the quotes. */
const erpOf = (made: typeof orders) => ({
  orders: made,
  journal: [
    ...made.map(({ key }) => ({ method: 'POST', path: '/purchase-orders', status: 200, key })),
    ...(made.length > 0 ? [{ method: 'GET', path: '/quotes', status: 200, key: 'act_5' }] : []),
    { method: 'GET', path: '/journal', status: 200, key: null },
  ],
});

describe('the audit log against the ERP', () => {
  it('adds up, whatever order its events come in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(log, { minLength: log.length }), (events) => {
        expect(reconcile(events, erpOf(orders))).toEqual({ complete: true, faults: [] });
      }),
      runs(50),
    );
  });

  const without = (subject: string, version: number) =>
    log.filter((each) => each.subject !== subject || each.version !== version);
  it.each<[string, readonly AuditRecord[], typeof orders, string]>([
    [
      'an event in the middle is missing',
      without('ACTION#act_2', 2),
      orders,
      'ACTION#act_2: version 2 is missing',
    ],
    ['a first event is missing', without('ACTION#act_2', 1), orders, 'ACTION#act_2: version 1 is missing'],
    [
      'an approval’s event is missing',
      without('APPROVAL#apr_2', 1),
      orders,
      'APPROVAL#apr_2: version 1 is missing',
    ],
    [
      'an event stands twice',
      [...log, event('RUN#run_1', 1, 'run.requested')],
      orders,
      'RUN#run_1: version 2 is missing',
    ],
    [
      'a start has no outcome',
      without('ACTION#act_5', 2),
      orders,
      'ACTION#act_5: ends with action.started and no outcome',
    ],
    [
      'a resumption has no outcome',
      without('ACTION#act_2', 4),
      orders,
      'ACTION#act_2: ends with action.resumed and no outcome',
    ],
    [
      'an action has two outcomes',
      [...log, event('ACTION#act_5', 3, 'action.failed')],
      orders,
      'ACTION#act_5: has 2 outcomes',
    ],
    ['an order has no action', log, [...orders, placed('act_9')], 'order po-act_9 has no succeeded action'],
    [
      'an order was made by a denied action',
      log,
      [...orders, placed('act_3')],
      'order po-act_3 has no succeeded action',
    ],
    [
      'an order was made while people decide',
      log,
      [...orders, placed('act_4')],
      'order po-act_4 has no succeeded action',
    ],
    [
      'an order was made by a query',
      log,
      [...orders, placed('act_5')],
      'order po-act_5 has no succeeded action',
    ],
    ['an action has no order', log, orders.slice(1), 'action act_1 succeeded and has no order'],
    [
      'an action has two orders',
      log,
      [...orders, { id: 'po-x', key: 'act_1' }],
      'action act_1 has two orders',
    ],
  ])('does not add up when %s', (_, events, made, fault) => {
    const { complete, faults } = reconcile(events, erpOf(made));
    expect(faults).toContain(fault);
    expect(complete).toBe(false);
  });

  it('notices any one event that is gone, save the last of a subject that may still wait', () => {
    for (const [n, gone] of log.entries()) {
      const rest = log.filter((_, at) => at !== n);
      const alone = log.filter(({ subject }) => subject === gone.subject).length === 1;
      const stillOpen = gone.subject.startsWith('APPROVAL#') && gone.version === 2;
      if (!alone && !stillOpen)
        expect(reconcile(rest, erpOf(orders)).faults, JSON.stringify(gone)).not.toEqual([]);
    }
  });

  it('is not complete when it is empty', () => {
    expect(reconcile([], erpOf([]))).toEqual({ complete: false, faults: [] });
  });
});

const [request] = readRequests(
  'id,requester_email,business_unit,item,category,quantity,unit_price,currency,vendor,needed_by,justification\nPR-1,a@example.com,operations,Paper,office,1,1.00,USD,Contoso,2026-12-01,',
  { operations: ['USD'] },
).requests;

const followed = (
  status: RunView['status'],
  result?: string,
  fields: Partial<NonNullable<RunView['outcome']>> = {},
): Followed => {
  if (!request) throw new Error('no request');
  const outcome = result && {
    result,
    cycleSeconds: 10,
    minutesSaved: 42,
    netValue: { minor: 4060, currency: 'USD' },
    ...fields,
  };
  const run: RunView = {
    id: 'run_1',
    workflow: 'procurement',
    unit: 'operations',
    status,
    requester: 'a@example.com',
    requestedAt: at,
    ...(outcome && { outcome }),
  };
  return { request, run };
};
const report = (all: readonly Followed[], invalid: number = 0) =>
  makeReport({
    followed: all,
    invalid: Array.from({ length: invalid }, (_, n) => ({ line: n + 2, id: '', reason: '' })),
    events: log,
    erp: erpOf(orders),
  });

describe('the journal against the audit log', () => {
  const asked = (key: string) => ({ method: 'POST', path: '/purchase-orders', status: 422, key });

  it.each([
    ['nobody knows', 'act_9'],
    ['was denied', 'act_3'],
    ['is still held', 'act_4'],
  ])('names a request of an action that %s', (_, key) => {
    const erp = erpOf(orders);
    const { complete, faults } = reconcile(log, { ...erp, journal: [...erp.journal, asked(key)] });
    expect(complete).toBe(false);
    expect(faults).toEqual([`POST /purchase-orders came to the ERP as ${key}, which no action started`]);
  });

  it('names an order the journal never heard of', () => {
    const { journal } = erpOf(orders.slice(1));
    expect(reconcile(log, { orders, journal }).faults).toEqual([
      "order po-act_1 is in no line of the ERP's journal",
    ]);
  });
});

describe('the report', () => {
  it('counts every end once and adds up to what came in', () => {
    const made = report(
      [
        followed('succeeded', 'ordered'),
        followed('succeeded', 'ordered', {
          cycleSeconds: 30.005,
          minutesSaved: 38,
          netValue: { minor: 3673, currency: 'USD' },
        }),
        followed('succeeded', 'denied'),
        followed('succeeded', 'rejected', { cycleSeconds: 20 }),
        followed('succeeded', 'expired', { minutesSaved: 0, netValue: { minor: 0, currency: 'USD' } }),
        followed('succeeded', 'failed', { minutesSaved: 0, netValue: { minor: 0, currency: 'USD' } }),
        ...(['withdrawn', 'unreachable', 'superseded'] as const).map((end) =>
          followed('succeeded', end, { minutesSaved: 0, netValue: { minor: 0, currency: 'USD' } }),
        ),
        followed('running'),
        followed('requested'),
      ],
      3,
    );
    expect(made).toEqual({
      requests: 14,
      ordered: 2,
      denied: 1,
      rejected: 1,
      expired: 1,
      overtaken: 3,
      failed: 1,
      pending: 2,
      invalid: 3,
      heldForApproval: 2,
      auditEvents: log.length,
      auditComplete: true,
      medianCycleSeconds: 10,
      minutesSaved: 164,
      netValueUsd: 158.53,
      faults: [],
    });
  });

  it('counts a run that failed once, though its outcome says so too', () => {
    const made = report([followed('failed', 'failed'), followed('failed'), followed('succeeded', 'ordered')]);
    expect(made).toMatchObject({ requests: 3, failed: 2, ordered: 1, faults: [] });
  });

  it('says so when an end is of no kind it counts', () => {
    expect(report([followed('succeeded', 'done')]).faults).toEqual([
      '1 rows came in and 0 ends were counted',
    ]);
  });

  it('passes on what does not add up in the log', () => {
    const made = makeReport({ followed: [], invalid: [], events: log, erp: erpOf([]) });
    expect(made).toMatchObject({ auditComplete: false });
    expect(made.faults).toHaveLength(2);
  });

  it.each([
    [[], 0],
    [[5], 5],
    [[1, 9], 5],
    [[30, 10, 20], 20],
    [[4, 1, 3, 2], 2.5],
  ])('has of the cycles %j the median %d', (cycles, median) => {
    const all = cycles.map((cycleSeconds) => followed('succeeded', 'ordered', { cycleSeconds }));
    expect(report(all).medianCycleSeconds).toBe(median);
  });
});
