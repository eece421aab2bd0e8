import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { decide, eventually, mailsAbout, type Product, startProduct } from './product.ts';

let product: Product;
const said: string[] = [];
beforeAll(async () => {
  product = await startProduct();
}, 120_000);
afterAll(() => product.stop());
beforeEach(() => {
  said.length = 0;
});
afterEach(() => vi.unstubAllEnvs());

/** Runs a command as one of the laptop's two people. */
async function autonomy(args: readonly string[], person: 'administrator' | 'colleague' = 'administrator') {
  const { accessKeyId, secretAccessKey } = product.cloud[person];
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  const hear = (line: string) => void said.push(line);
  const env = { AUTONOMY_ENDPOINT: product.cloud.url };
  return runCli(args, { print: hear, complain: hear, env });
}

const quotes = {
  tool: 'erp.get_quotes',
  input: { category: 'office', vendor: 'Contoso Paper', price: '6.20', currency: 'USD' },
  purpose: 'Compare prices',
};
const canary = 'agt_procurement_gather';

it('stops an agent by one command, until two people restore it', async () => {
  const agent = product.agent('gather');
  expect(await agent.act({ ...quotes, idempotencyKey: 'before-0001' })).toMatchObject({
    status: 'succeeded',
  });
  expect(await autonomy(['stop', `agent:${canary}`, '--reason', 'it asks for too much'])).toBe(0);
  expect(said.join()).toMatch(/contained in [\d.]+ s, 1 agent reached/);
  expect(await agent.act({ ...quotes, idempotencyKey: 'during-0001' })).toMatchObject({
    status: 'denied',
    problem: { code: 'blocked', detail: `a kill switch stops agent:${canary}: it asks for too much` },
  });
  await expect(agent.tools()).rejects.toMatchObject({ status: 403, code: 'blocked' });
  await expect(product.agent('gather').tools()).rejects.toMatchObject({ status: 401 });
  const restore = ['restore', `agent:${canary}`, '--reason', 'it was mended'];
  expect(await autonomy(restore)).toBe(0);
  expect(await autonomy(restore)).toBe(1);
  expect(said.join()).toContain('another person has to agree');
  expect(await autonomy(restore, 'colleague')).toBe(0);
  expect(await agent.act({ ...quotes, idempotencyKey: 'after-00001' })).toMatchObject({
    status: 'succeeded',
  });
});

it('proves itself on a canary, and records what it found', async () => {
  const key = join(product.home, 'keys', 'gather.jwk.json');
  const input = JSON.stringify(quotes.input);
  expect(await autonomy(['drill', canary, '--key', key, '--tool', quotes.tool, '--input', input])).toBe(0);
  expect(said.join()).toContain('was blocked: contained in');
  expect(await autonomy(['switches'])).toBe(0);
  expect(said.at(-1)).toBe('Nothing is stopped.');
  const events = await Array.fromAsync(product.admin.auditEvents());
  expect(events.filter(({ type }) => type === 'switch.restored').at(-1)).toMatchObject({
    data: { drill: true, found: { blocked: true } },
  });
});

it('refuses a drill on an agent the switch would prove nothing about', async () => {
  const key = join(product.home, 'keys', 'gather.jwk.json');
  expect(await autonomy(['drill', canary, '--key', key, '--tool', 'erp.none'])).toBe(1);
  expect(said.join()).toContain('would prove nothing');
  expect(await product.admin.switches()).toEqual([]);
});

it('is engaged by one council member from an approval page, and contained by its own event', async () => {
  for (const name of ['gather', 'analyse', 'act'] as const) product.work(name);
  await product.order('PR-WILD', { quantity: 1, unitPrice: '40000.00', total: '40000.00' });
  const link = await eventually('the council member is asked', async () => {
    const mails = await mailsAbout(product, 'PR-WILD');
    return mails.find(({ to }) => to === 'amelie.durand@example.com')?.link;
  });
  expect(await (await decide(link, 'stop', 'it orders what nobody asked for')).text()).toContain(
    'is stopped',
  );
  const stopped = await eventually('the switch is contained', async () =>
    (await product.admin.switches()).find(({ containedAt }) => containedAt !== undefined),
  );
  expect(stopped).toMatchObject({
    scope: 'agent:agt_procurement_act',
    engagedBy: { id: 'amelie-durand' },
    agents: 1,
  });
}, 60_000);
