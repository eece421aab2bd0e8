import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  grantIdOf,
  grantKey,
  type GrantRow,
  grantRow,
  type Limit,
  usesKey,
  usesRow,
} from '../../../core/action/grant.ts';
import { useOf, type Wanted } from '../../../core/action/use-grant.ts';
import { fromTenThousandths } from '../../../core/money.ts';
import { later, NOW, someAction, someAgent, someApproval } from '../../harness/facts.ts';

const named = { agent: someAgent().id, tool: 'erp.pay', guard: 'operations-payments' };
const someGrant = (fields: Partial<GrantRow> = {}): GrantRow =>
  grantRow.parse({
    ...grantKey(grantIdOf(named)),
    v: 1,
    version: 1,
    id: grantIdOf(named),
    ...named,
    limits: {},
    count: 3,
    until: later(3600).toISOString(),
    reason: 'because',
    unit: 'operations',
    toolHash: 'h1',
    guardHash: 'g1',
    requestedBy: 'ops',
    keepOut: [],
    title: 'Payments',
    action: someAction().id,
    approval: someApproval().id,
    votes: [],
    openedAt: NOW.toISOString(),
    madeAt: NOW.toISOString(),
    ...fields,
  });
const used = (uses = 0, spent = 0) => usesRow.parse({ ...usesKey('x'), v: 1, uses, spent });
const amount = { value: 'total', currency: 'currency' };
const wanted = (input: Wanted['input'] = {}, fields: Partial<Wanted> = {}): Wanted => ({
  agent: named.agent,
  unit: 'operations',
  guard: named.guard,
  guardHash: 'g1',
  tool: { name: named.tool, hash: 'h1', amount },
  input,
  ...fields,
});
const use = (grant: GrantRow, asked: Wanted, { now = NOW, uses = used() } = {}) =>
  useOf({ grant, uses }, asked, now);

describe('a grant', () => {
  it('is for its own agent, unit, guard and tool, as they were when people agreed', () => {
    expect(use(someGrant(), wanted())).toBeDefined();
    for (const other of [
      { agent: 'agt_other' },
      { unit: 'sales' },
      { guard: 'operations-other' },
      { guardHash: 'g2' },
      { tool: { name: 'erp.wipe', hash: 'h1' } },
      { tool: { name: named.tool, hash: 'h2' } },
    ])
      expect(use(someGrant(), wanted({}, other))).toBeUndefined();
  });

  it('stands until its moment, and not at it', () => {
    const ends = later(3600).getTime();
    const at = (milliseconds: number) => use(someGrant(), wanted(), { now: new Date(ends + milliseconds) });
    expect([at(-1000), at(-1), at(0), at(1000)].map((each) => each !== undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('ends when it is revoked', () => {
    const revoked = {
      by: { kind: 'administrator', id: 'ops' },
      at: NOW.toISOString(),
      reason: 'no',
    } as const;
    expect(use(someGrant({ revoked }), wanted())).toBeUndefined();
  });

  it('is good for its count and not once more', () => {
    expect(use(someGrant(), wanted(), { uses: used(2) })?.left).toEqual({ count: 0 });
    expect(use(someGrant(), wanted(), { uses: used(3) })).toBeUndefined();
  });

  it('never takes another currency, no amount or a negative one for its money', () => {
    const grant = someGrant({ money: { total: '100.00', currency: 'USD' } });
    expect(use(grant, wanted({ total: '100.00', currency: 'USD' }))?.amount).toBe(1_000_000);
    for (const input of [
      { total: '100.01', currency: 'USD' },
      { total: '1.00', currency: 'EUR' },
      { total: '-1.00', currency: 'USD' },
      { total: '1e1', currency: 'USD' },
      { currency: 'USD' },
    ])
      expect(use(grant, wanted(input)), JSON.stringify(input)).toBeUndefined();
  });
});

describe('a limit', () => {
  it.each<[Limit, unknown, boolean]>([
    [{ max: '10.00' }, '10.00', true],
    [{ max: '10.00' }, '10', true],
    [{ max: '10.00' }, 10, true],
    [{ max: '10.00' }, '9.9999', true],
    [{ max: '10.00' }, '10.0001', false],
    [{ max: '10.00' }, 11, false],
    [{ max: '10.00' }, '9', true],
    [{ max: '9' }, '10', false],
    [{ max: '10.00' }, '-10.00', false],
    [{ max: '10.00' }, 9.5, false],
    [{ max: '10.00' }, '0x1', false],
    [{ max: '10.00' }, ['1.00'], false],
    [{ max: '10.00' }, null, false],
    [{ equals: 'a' }, 'a', true],
    [{ equals: 'a' }, 'A', false],
    [{ equals: '1' }, 1, false],
    [{ equals: 1 }, '1', false],
    [{ equals: 'a' }, { a: 'a' }, false],
    [{ oneOf: ['a', 'b'] }, 'b', true],
    [{ oneOf: ['a', 'b'] }, 'c', false],
    [{ oneOf: ['a', 'b'] }, ['a'], false],
    [{ oneOf: ['1', '20'], max: '10' }, '20', false],
    [{ equals: true }, 'true', false],
  ])('%j and %j: %s', (limit, value, fits) => {
    expect(use(someGrant({ limits: { field: limit } }), wanted({ field: value })) !== undefined).toBe(fits);
  });

  it('is never met by a field that is not there, or only by way of the prototype', () => {
    const grant = someGrant({ limits: { toString: { oneOf: ['a'] } } });
    expect(use(grant, wanted({}))).toBeUndefined();
    expect(use(someGrant({ limits: { field: { max: '1' } } }), wanted({}))).toBeUndefined();
  });

  it('holds for every input: what passes is of an allowed vendor, not above the maximum, and moves what is left', () => {
    const cents = fc.integer({ min: 0, max: 300_000 });
    const vendor = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(
        fc.record({
          max: cents,
          total: fc.integer({ min: 1, max: 900_000 }),
          allowed: fc.uniqueArray(vendor, { minLength: 1 }),
        }),
        fc.array(fc.record({ vendor, cents, code: fc.constantFrom('USD', 'EUR') }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        ({ max, total, allowed }, asked, count) => {
          const text = (value: number) => fromTenThousandths(BigInt(value) * 100n);
          const limits = { vendor: { oneOf: allowed }, total: { max: text(max) } };
          const grant = someGrant({ limits, count, money: { total: text(total), currency: 'USD' } });
          let [uses, spent] = [0, 0];
          for (const each of asked) {
            const input = { vendor: each.vendor, total: text(each.cents), currency: each.code };
            const found = use(grant, wanted(input), { uses: used(uses, spent * 100) });
            const within = allowed.includes(each.vendor) && each.cents <= max && each.code === 'USD';
            expect(found !== undefined).toBe(within && uses < count && spent + each.cents <= total);
            if (found) [uses, spent] = [uses + 1, spent + each.cents];
          }
          expect(uses <= count && spent <= total).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
