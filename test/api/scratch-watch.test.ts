import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type Product, startProduct } from './product.ts';
import { startUpstream } from '../harness/upstream.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
}, 180_000);
afterAll(async () => {
  const { refusals } = product.cloud.iam.usage();
  console.log(JSON.stringify({ refusals }), JSON.stringify(product.cloud.iam.usage()).slice(0, 300));
  await product.stop();
});
const quotes = { category: 'office', vendor: 'Contoso Paper', price: '6.20', currency: 'USD' };

it('is enough for a look at what tools were imported from', async () => {
  const upstream = await startUpstream();
  const pinned = (name: string, url: string) => (text: string) =>
    text.replace(
      `name: ${name}\n`,
      `name: ${name}\nupstream: { kind: openapi, url: '${url}', operation: POST /orders, hash: ${'0'.repeat(64)} }\n`,
    );
  await product.apply((file, text) =>
    file.endsWith('tools.yaml')
      ? pinned('erp.get_quotes', upstream.url)(pinned('erp.get_budget', `${product.erp.url}/openapi.yaml`)(text))
      : text,
  );
  const schedule = product.cloud.resources.find(({ logicalId }) => logicalId.startsWith('WatchToolsSchedule'));
  expect(product.cloud.runSchedule(schedule?.logicalId ?? '')).toBe(true);
  await eventually('the tool is in quarantine', async () =>
    (await product.admin.registeredTool('erp.get_quotes')).quarantine ? true : undefined,
  );
  const asked = { tool: 'erp.get_quotes', input: quotes, purpose: 'Compare' };
  const denied = await product.agent('gather').act({ ...asked, idempotencyKey: 'quarantined-0001' });
  expect(denied.problem?.code).toBe('tool-quarantined');
  expect((await product.admin.registeredTools()).map(({ name }) => name)).toContain('erp.get_quotes');
  await upstream.stop();
  await product.apply();
}, 60_000);
