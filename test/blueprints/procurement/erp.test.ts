import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { times } from '../../../blueprints/procurement/decimal.ts';
import { createErp } from '../../../blueprints/procurement/erp/erp.ts';
import { openSqliteStore } from '../../../blueprints/procurement/erp/sqlite-store.ts';
import { runs } from '../../core/property-runs.ts';
import { NOW } from '../../harness/facts.ts';

const order = {
  request: 'PR-0001',
  vendor: 'Contoso Paper',
  item: 'Paper',
  category: 'office',
  quantity: 40,
  unitPrice: '6.20',
  total: '248.00',
  currency: 'USD',
  neededBy: '2026-12-02',
  justification: '',
};

function openErp(store = openSqliteStore(':memory:')) {
  const erp = createErp(store, { token: 'the-token', now: () => NOW });
  const call = async (
    method: string,
    path: string,
    options: { key?: string; body?: unknown; token?: string } = {},
  ) => {
    const { key, body, token = 'Bearer the-token' } = options;
    const response = await erp.request(path, {
      method,
      headers: {
        ...(token && { authorization: token }),
        ...(key !== undefined && { 'idempotency-key': key }),
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const place = (body: unknown, key?: string) =>
    call('POST', '/purchase-orders', { body, ...(key !== undefined && { key }) });
  const orders = async () =>
    (await call('GET', '/purchase-orders')).body['orders'] as Record<string, unknown>[];
  return { call, place, orders, store };
}

describe('the ERP', () => {
  it('places an order once, however often it is asked with its key', async () => {
    const { place, orders } = openErp();
    const answers = await Promise.all(Array.from({ length: 5 }, () => place(order, 'act_1')));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 200, body: { total: '248.00', vendor: 'Contoso Paper' } });
    expect(await orders()).toMatchObject([{ ...order, key: 'act_1', placedAt: NOW.toISOString() }]);
  });

  it('places another order under another key', async () => {
    const { place, orders } = openErp();
    const [one, two] = [await place(order, 'act_1'), await place(order, 'act_2')];
    expect(one.body['order']).not.toBe(two.body['order']);
    expect(await orders()).toHaveLength(2);
  });

  it('refuses another order under a key that was used, and keeps the first', async () => {
    const { place, orders } = openErp();
    await place(order, 'act_1');
    expect(await place({ ...order, vendor: 'Shady Supplies' }, 'act_1')).toMatchObject({ status: 409 });
    expect(await orders()).toMatchObject([{ vendor: 'Contoso Paper' }]);
  });

  it.each<[string, unknown, string]>([
    ['a total that is a cent too high', { ...order, total: '248.01' }, 'total is not quantity × unitPrice'],
    ['a total that is a ten-thousandth too low', { ...order, total: '247.9999' }, 'total is not'],
    ['a total as a number', { ...order, total: 248 }, 'total: '],
    ['a negative total', { ...order, quantity: 1, unitPrice: '-1.00', total: '-1.00' }, 'unitPrice: '],
    ['no pieces', { ...order, quantity: 0, total: '0' }, 'quantity: '],
    ['a missing vendor', { ...order, vendor: undefined }, 'vendor: '],
    ['a field it does not know', { ...order, discount: '1.00' }, 'discount'],
    ['a day there is not', { ...order, neededBy: '2026-02-30' }, 'neededBy: '],
    ['no JSON', '{', ''],
    ['nothing', undefined, ''],
  ])('refuses %s', async (_, body, detail) => {
    const { place, orders } = openErp();
    const answer = await place(body, 'act_1');
    expect(answer.status).toBe(422);
    expect(String(answer.body['detail'])).toContain(detail);
    expect(await orders()).toEqual([]);
  });

  it('believes exactly the totals that are quantity times price', async () => {
    const { place } = openErp();
    const price = fc
      .integer({ min: 1, max: 100_000_000 })
      .map((n) => `${Math.floor(n / 10_000)}.${String(n % 10_000).padStart(4, '0')}`);
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1000 }),
        price,
        fc.boolean(),
        async (quantity, unitPrice, wrong) => {
          const total = times(quantity, unitPrice);
          const said = wrong ? times(quantity + 1, unitPrice) : total;
          const answer = await place({ ...order, quantity, unitPrice, total: said }, `key-${(n += 1)}`);
          expect(answer.status).toBe(wrong ? 422 : 200);
        },
      ),
      runs(60),
    );
  });

  it('asks for a key', async () => {
    expect(await openErp().place(order)).toMatchObject({ status: 400 });
    expect(await openErp().place(order, '')).toMatchObject({ status: 400 });
  });

  it.each([
    ['none', ''],
    ['another', 'Bearer other'],
    ['only half of it', 'Bearer the-toke'],
    ['in another scheme', 'Basic the-token'],
    ['without scheme', 'the-token'],
  ])('answers nobody whose token is %s, and notes that somebody asked', async (_, token) => {
    const { call, orders, store } = openErp();
    for (const [method, path] of [
      ['GET', '/purchase-orders'],
      ['POST', '/purchase-orders'],
      ['GET', '/journal'],
      ['GET', '/quotes'],
      ['GET', '/nowhere'],
    ] as const) {
      expect(
        (await call(method, path, { token, key: 'act_1', body: method === 'POST' ? order : undefined }))
          .status,
      ).toBe(401);
    }
    expect((await store.journal()).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(await orders()).toEqual([]);
  });

  it('notes every request it answered, with its key and never a body or a token', async () => {
    const { call, place, store } = openErp();
    await place(order, 'act_1');
    await place({ ...order, total: '1.00' }, 'act_2');
    await call('GET', '/vendors?category=office');
    expect(await store.journal()).toEqual([
      { at: NOW.toISOString(), method: 'POST', path: '/purchase-orders', status: 200, key: 'act_1' },
      { at: NOW.toISOString(), method: 'POST', path: '/purchase-orders', status: 422, key: 'act_2' },
      { at: NOW.toISOString(), method: 'GET', path: '/vendors', status: 200, key: null },
    ]);
  });

  it('takes whatever stands in a field as data', async () => {
    const { place, orders } = openErp();
    const odd = { ...order, item: "Robert'); DROP TABLE orders;--", justification: '{{7*7}}\u202e"\n' };
    expect((await place(odd, "act_'; DROP TABLE orders")).status).toBe(200);
    expect(await orders()).toMatchObject([odd]);
  });

  it('quotes the asked vendor at the asked price, and others of the category', async () => {
    const { call } = openErp();
    const { body } = await call(
      'GET',
      '/quotes?category=office&vendor=Contoso%20Paper&price=6.20&currency=USD',
    );
    expect(body['quotes']).toEqual([
      { vendor: 'Contoso Paper', unitPrice: '6.20', currency: 'USD' },
      { vendor: 'Northwind Office', unitPrice: '6.20', currency: 'USD' },
      { vendor: 'Shady Supplies', unitPrice: '3.72', currency: 'USD' },
    ]);
  });

  it('takes what was ordered off the budget', async () => {
    const { call, place } = openErp();
    await place(order, 'act_1');
    const { body } = await call('GET', '/budgets/operations');
    expect(body).toEqual({
      unit: 'operations',
      currency: 'USD',
      yearly: '750000.00',
      remaining: '749752.00',
    });
  });
});
