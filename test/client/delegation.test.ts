import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAgent } from '../../client/agent.ts';
import type { AgentKey } from '../../client/token.ts';
import { lending, lendingCompany } from '../harness/delegations.ts';
import { buyer, order, second, startWorld, type World } from '../harness/door.ts';
import { change } from '../harness/organisation.ts';

let world: World;
let server: Server;
let endpoint = '';
const keys = new Map<string, AgentKey>();

beforeAll(async () => {
  world = await startWorld();
  let company = lendingCompany();
  for (const id of [buyer, second]) {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    keys.set(id, { ...(await exportJWK(privateKey)), kid: 'own' });
    company = change(company, `Agent ${id}`, { keys: [{ ...(await exportJWK(publicKey)), kid: 'own' }] });
  }
  await world.apply(company);
  server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const headers = request.headers as Record<string, string>;
      const method = request.method ?? 'GET';
      const init = { method, headers, ...(body !== '' && { body }) };
      const answer = await lending(world, {}, endpoint).answer(request.url ?? '/', init);
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await answer.text());
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await world.stop();
});

function agent(id: string, delegation?: string) {
  world.clock.now = new Date();
  const key = keys.get(id);
  if (!key) throw new Error(`no key of ${id}`);
  return createAgent({ endpoint, id, key, patienceSeconds: 5, ...(delegation && { delegation }) });
}

it('an agent lends another its say, which acts by it until it is ended', async () => {
  const ask = { tool: 'erp.create_order', input: order, purpose: 'Chairs', idempotencyKey: 'chairs-0001' };
  const tools = ['erp.create_order'];
  const lent = await agent(buyer).delegate({ to: second, tools, purpose: 'Buy chairs', expiresSeconds: 600 });
  expect(lent).toMatchObject({ chain: [buyer], to: second, tools });
  const helper = agent(second, lent.id);
  const done = await helper.act(ask);
  expect(done).toMatchObject({ status: 'succeeded' });
  const [started] = (await world.database.events()).filter(({ action }) => action === done.id);
  expect(started).toMatchObject({ agent: second, via: [buyer], delegation: lent.id });
  expect((await agent(buyer).revokeDelegation(lent.id)).revokedAt).toBeDefined();
  expect(await helper.act({ ...ask, idempotencyKey: 'chairs-0002' })).toMatchObject({
    status: 'denied',
    problem: { code: 'delegation-revoked' },
  });
  const cycle = agent(buyer).delegate({ to: buyer, purpose: 'Round', expiresSeconds: 60 });
  await expect(cycle).rejects.toMatchObject({ status: 422, code: 'cycle' });
});
