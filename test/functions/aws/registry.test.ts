import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../../core/change.ts';
import type { AuditEvent } from '../../../core/event.ts';
import { decideAndCommit } from '../../../functions/aws/registry.ts';
import { startDatabase, type TestDatabase } from '../../harness/dynamodb.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());

const event = (subject: string, version: number): AuditEvent => ({
  v: 1,
  subject,
  version,
  type: 'person.changed',
  at: '2026-11-23T10:00:00.000Z',
  actor: { kind: 'system', id: 'test' },
  data: {},
});
const row = (pk: string, version: number, more: object = {}) => ({
  pk,
  sk: 'ROW',
  v: 1 as const,
  version,
  ...more,
});
const creation = (pk: string): Change => ({
  writes: [{ kind: 'create', row: row(pk, 1) }],
  events: [event(pk, 1)],
  result: undefined,
});

describe('a commit', () => {
  it('writes row and event together, once', async () => {
    expect(await database.registry.commit(creation('A'))).toBe(true);
    expect(await database.registry.commit(creation('A'))).toBe(false);
    expect((await database.events()).filter(({ subject }) => subject === 'A')).toHaveLength(1);
  });

  it('writes nothing when the event of that version exists already', async () => {
    await database.registry.commit(creation('B'));
    const change: Change = { ...creation('B2'), events: [event('B', 1)] };
    expect(await database.registry.commit(change)).toBe(false);
    expect(await database.registry.load([{ pk: 'B2', sk: 'ROW' }])).toEqual([undefined]);
  });

  it.each([
    ['version', { ifVersion: 7 }],
    ['status', { ifVersion: 1, ifStatus: ['open'] }],
  ])('is refused when the %s is not the one decided on', async (what, condition) => {
    const pk = `C-${what}`;
    const first = {
      ...creation(pk),
      writes: [{ kind: 'create' as const, row: row(pk, 1, { status: 'done' }) }],
    };
    await database.registry.commit(first);
    const change: Change = {
      writes: [{ kind: 'replace', row: row(pk, 2), ...condition }],
      events: [event(pk, 2)],
      result: undefined,
    };
    expect(await database.registry.commit(change)).toBe(false);
    expect(await database.events()).not.toContainEqual(expect.objectContaining({ subject: pk, version: 2 }));
  });

  it('is refused when a row it leans on was changed meanwhile', async () => {
    await database.registry.commit(creation('D'));
    const change: Change = {
      ...creation('D2'),
      writes: [...creation('D2').writes, { kind: 'unchanged', key: { pk: 'D', sk: 'ROW' }, ifVersion: 9 }],
    };
    expect(await database.registry.commit(change)).toBe(false);
  });
});

describe('the gate', () => {
  const gate = { pk: 'AGENT#agt_x', sk: 'GATE' };
  const admit = (day: string, seenDay: string, n: number): Change => ({
    writes: [
      {
        kind: 'admit',
        key: gate,
        day,
        seenDay,
        stages: ['pilot', 'production'],
        switches: 4,
        tool: 'erp.pay',
      },
    ],
    events: [event(`ADMIT-${n}`, 1)],
    result: undefined,
  });
  const setGate = async (fields: object, n: string) =>
    database.registry.commit({
      writes: [
        {
          kind: 'put',
          row: {
            ...gate,
            v: 1,
            stage: 'pilot',
            dailyActions: 3,
            day: '2026-11-23',
            actionsToday: 0,
            ...fields,
          },
        },
      ],
      events: [event(`GATE-${n}`, 1)],
      result: undefined,
    });

  it('admits up to the daily cap under any concurrency, then resets on a new day', async () => {
    await setGate({}, 'cap');
    const tries = Array.from({ length: 12 }, (_, n) =>
      database.registry.commit(admit('2026-11-23', '2026-11-23', n)),
    );
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(3);
    expect(await database.registry.commit(admit('2026-11-24', '2026-11-23', 100))).toBe(true);
    const [stored] = await database.registry.load([gate]);
    expect(stored).toMatchObject({ day: '2026-11-24', actionsToday: 1, 'used#erp.pay': '2026-11-24' });
  });

  it('never goes back to a day that is over, though a clock may be late', async () => {
    await setGate({ day: '2026-11-24', actionsToday: 2 }, 'late-clock');
    expect(await database.registry.commit(admit('2026-11-23', '2026-11-24', 300))).toBe(true);
    expect(await database.registry.commit(admit('2026-11-23', '2026-11-24', 301))).toBe(false);
    const [stored] = await database.registry.load([gate]);
    expect(stored).toMatchObject({ day: '2026-11-24', actionsToday: 3 });
  });

  it('is fenced by a kill switch at once, and never unfenced', async () => {
    await setGate({}, 'fence');
    await database.registry.fence(gate, 4);
    expect(await database.registry.commit(admit('2026-11-23', '2026-11-23', 400))).toBe(true);
    await database.registry.fence(gate, 5);
    await database.registry.fence(gate, 3);
    expect(await database.registry.commit(admit('2026-11-23', '2026-11-23', 401))).toBe(false);
    const unfenced = (switches: number): Change => ({
      writes: [{ kind: 'unfenced', key: gate, switches }],
      events: [event(`UNFENCED-${switches}`, 1)],
      result: undefined,
    });
    expect(await database.registry.commit(unfenced(4))).toBe(false);
    expect(await database.registry.commit(unfenced(5))).toBe(true);
  });

  it('makes no gate for an agent there is not', async () => {
    await database.registry.fence({ pk: 'AGENT#agt_nobody', sk: 'GATE' }, 5);
    expect(await database.registry.load([{ pk: 'AGENT#agt_nobody', sk: 'GATE' }])).toEqual([undefined]);
  });

  it.each([
    ['a suspended agent', { stage: 'suspended' }],
    ['an agent whose gate demands later switches than the decision read', { switches: 5 }],
  ])('admits nothing of %s', async (what, fields) => {
    await setGate(fields, what);
    expect(await database.registry.commit(admit('2026-11-23', '2026-11-23', 200))).toBe(false);
  });
});

describe('a lease', () => {
  const key = { pk: 'TASK#tsk_00000001', sk: 'LEASE' };
  const take = (
    fence: number,
    seen: { fence: number; expiresAt: string } | undefined,
    n: string,
  ): Change => ({
    writes: [{ kind: 'lease', row: { ...key, v: 1, fence, expiresAt: `until-${fence}` }, seen }],
    events: [event(`LEASE-${n}`, 1)],
    result: undefined,
  });

  it('changes hands once, and not behind a heartbeat nobody saw', async () => {
    const { registry } = database;
    expect(await registry.commit(take(1, undefined, 'first'))).toBe(true);
    expect(await registry.commit(take(1, undefined, 'again'))).toBe(false);
    expect(await registry.renew(key, 1, 'prolonged')).toBe(true);
    expect(await registry.commit(take(2, { fence: 1, expiresAt: 'until-1' }, 'behind'))).toBe(false);
    expect(await registry.commit(take(2, { fence: 1, expiresAt: 'prolonged' }, 'seen'))).toBe(true);
    expect(await registry.renew(key, 1, 'too late')).toBe(false);
    expect((await registry.load([key]))[0]).toMatchObject({ fence: 2, expiresAt: 'until-2' });
  });
});

describe('decide and commit', () => {
  it('decides again on fresh facts while another writer wins, and loses no update', async () => {
    await database.registry.commit({
      ...creation('E'),
      writes: [{ kind: 'create', row: row('E', 1, { n: 0 }) }],
    });
    const raise = () =>
      decideAndCommit(database.registry, async () => {
        const [stored] = await database.registry.load([{ pk: 'E', sk: 'ROW' }]);
        const version = Number(stored?.['version']);
        const next = row('E', version + 1, { n: Number(stored?.['n']) + 1 });
        return {
          writes: [{ kind: 'replace' as const, row: next, ifVersion: version }],
          events: [event('E', version + 1)] as const,
          result: undefined,
        };
      });
    await Promise.all([raise(), raise(), raise()]);
    const [stored] = await database.registry.load([{ pk: 'E', sk: 'ROW' }]);
    expect(stored).toMatchObject({ n: 3, version: 4 });
  });

  it('reads more keys than one batch holds, in their order', async () => {
    await database.registry.commit(creation('F'));
    const keys = Array.from({ length: 250 }, (_, n) => ({ pk: n === 249 ? 'F' : `none-${n}`, sk: 'ROW' }));
    const rows = await database.registry.load(keys);
    expect(rows).toHaveLength(250);
    expect(rows[249]).toMatchObject({ pk: 'F' });
  });
});
