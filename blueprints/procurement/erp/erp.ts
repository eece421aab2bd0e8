import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { catalogue } from './catalogue.ts';
import { isSameOrder, type Order, orderBody, type OrderStore, totalIsRight } from './order.ts';

/** A reference ERP: vendors with quotes, budgets, purchase orders, and a journal of every request it answered. */
export function createErp(
  store: OrderStore,
  options: { readonly token: string; readonly now: () => Date },
): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    if (isToken(c.req.header('authorization'), options.token)) await next();
    else c.res = c.json({ detail: 'send the bearer token of this ERP' }, 401);
    const key = c.req.header('idempotency-key') ?? null;
    const at = options.now().toISOString();
    await store.note({ at, method: c.req.method, path: c.req.path, status: c.res.status, key });
  });
  app.get('/vendors', (c) => c.json({ vendors: catalogue.vendorsFor(c.req.query('category') ?? '') }));
  app.get('/quotes', (c) => {
    const { category = '', vendor = '', price = '0', currency = 'USD' } = c.req.query();
    return c.json({ quotes: catalogue.quotesFor({ category, vendor, price, currency }) });
  });
  app.get('/budgets/:unit', async (c) => {
    const spent = (await store.orders())
      .filter(({ currency }) => currency === 'USD')
      .map(({ total }) => total);
    return c.json(catalogue.budgetOf(c.req.param('unit'), spent));
  });
  app.post('/purchase-orders', (c) => place(c, store, options.now));
  app.get('/purchase-orders', async (c) => c.json({ orders: await store.orders() }));
  app.get('/journal', async (c) => c.json({ entries: await store.journal() }));
  return app;
}

function isToken(header: string | undefined, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${token}`));
}

async function place(c: Context, store: OrderStore, now: () => Date): Promise<Response> {
  const key = c.req.header('idempotency-key');
  if (!key) return c.json({ detail: 'send an Idempotency-Key header' }, 400);
  const body = orderBody.safeParse(await c.req.json().catch(() => null));
  if (!body.success) {
    const [issue] = body.error.issues;
    return c.json({ detail: `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'does not fit'}` }, 422);
  }
  if (!totalIsRight(body.data)) return c.json({ detail: 'total is not quantity × unitPrice' }, 422);
  const id = `po-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
  const order: Order = { ...body.data, id, key, placedAt: now().toISOString() };
  const placed = await store.place(order);
  if (!isSameOrder(placed, order))
    return c.json({ detail: 'this Idempotency-Key placed another order' }, 409);
  return c.json({ order: placed.id, vendor: placed.vendor, total: placed.total, currency: placed.currency });
}
