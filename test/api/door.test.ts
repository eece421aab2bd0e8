import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { steps } from '../../blueprints/procurement/agents/steps.ts';
import { actOver, connectMcp, eras, signInAs } from '../harness/mcp.ts';
import { decide, eventually, mailsAbout, type Product, startProduct } from './product.ts';

let product: Product;
let token: string;
beforeAll(async () => {
  product = await startProduct();
  token = await tokenOf('gather');
}, 120_000);
afterAll(() => product.stop());

const url = (path: string) => `${product.cloud.url}${path}`;

/** A token as a program in any language gets it: an assertion signed by the agent's own key, one form post. */
async function tokenOf(name: string): Promise<string> {
  const jwk = JSON.parse(readFileSync(join(product.home, 'keys', `${name}.jwk.json`), 'utf8')) as {
    kid: string;
  };
  const id = `agt_procurement_${name}`;
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(url('/oauth/token'))
    .setJti(crypto.randomUUID())
    .setExpirationTime('60s')
    .sign(await importJWK(jwk, 'EdDSA'));
  const response = await fetch(url('/oauth/token'), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url('/v1/actions'), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'idempotency-key': crypto.randomUUID(),
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

const quotes = {
  tool: 'erp.get_quotes',
  input: { category: 'office', vendor: 'Contoso Paper', price: '6.20', currency: 'USD' },
  purpose: 'Compare prices',
};

const order = {
  vendor: 'Contoso Paper',
  total: '62.00',
  currency: 'USD',
  request: 'R',
  item: 'p',
  category: 'office',
  quantity: 10,
  unitPrice: '6.20',
  neededBy: '2026-12-02',
  justification: '',
};

async function eventsOf(action: string) {
  const events = await Array.fromAsync(product.admin.auditEvents());
  return events
    .filter(({ subject }) => subject === `ACTION#${action}`)
    .sort((a, b) => a.version - b.version)
    .map(({ type }) => type);
}

describe('the door, from outside', () => {
  it('carries out what policy allows, with the secret nobody else sees, and records it', async () => {
    const response = await post(quotes);
    const action = (await response.json()) as { id: string; status: string; output: { quotes: unknown[] } };
    expect(response.status).toBe(200);
    expect(action).toMatchObject({ status: 'succeeded' });
    expect(action.output.quotes.length).toBeGreaterThan(0);
    expect(await eventsOf(action.id)).toEqual(['action.started', 'action.succeeded']);
    expect(JSON.stringify(action)).not.toContain(product.erp.token);
  });

  it('denies what no rule permits, says which rules, and never calls the system', async () => {
    const response = await post({ tool: 'erp.create_purchase_order', input: order, purpose: 'Buy' });
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await response.json()) as { title: string; policies: string[]; action: { id: string } };
    expect(problem).toMatchObject({ title: 'forbidden', policies: ['coe-payments-for-a-person'] });
    expect(await eventsOf(problem.action.id)).toEqual(['action.denied']);
  });

  it('answers the same key with the same action and another body with 422', async () => {
    const key = { 'idempotency-key': 'the-same-key' };
    const first = (await (await post(quotes, key)).json()) as { id: string };
    const again = (await (await post(quotes, key)).json()) as { id: string };
    expect(again.id).toBe(first.id);
    const other = await post({ ...quotes, purpose: 'Something else' }, key);
    expect(other.status).toBe(422);
  });

  it('takes no blank for a purpose', async () => {
    const response = await post({ ...quotes, purpose: '   ' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ title: 'invalid-body', fields: [{ field: 'purpose' }] });
  });

  it.each([
    ['without a token', { authorization: '' }, 401],
    ['with a token of somebody else', { authorization: 'Bearer a.b.c' }, 401],
    ['without an Idempotency-Key', { 'idempotency-key': '' }, 400],
    ['with a body that is not JSON', { 'content-type': 'text/plain' }, 415],
  ])('refuses a request %s', async (_, headers, status) => {
    const response = await post(quotes, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('shows each agent just the tools it may use', async () => {
    const names = async (name: 'gather' | 'act' | 'analyse') =>
      (await product.agent(name).tools()).map((tool) => tool.name);
    expect(await names('gather')).toEqual(['erp.get_budget', 'erp.get_quotes']);
    expect(await names('act')).toEqual(['erp.create_purchase_order']);
    expect(await names('analyse')).toEqual([]);
  });

  it('is the same door to an MCP client of either era', async () => {
    const { url: endpoint } = product.cloud;
    const signIn = signInAs('agt_procurement_gather', product.keyOf('gather'), endpoint);
    for (const era of eras) {
      const gather = await connectMcp(endpoint, signIn, { era });
      const { tools } = await gather.listTools();
      expect(tools.map(({ name }) => name).slice(0, 2)).toEqual(['erp__get_budget', 'erp__get_quotes']);
      const action = await actOver(gather)({ ...quotes, idempotencyKey: `quotes-of-${era}` });
      expect(action).toMatchObject({ status: 'succeeded', output: { quotes: expect.any(Array) as unknown } });
      expect(await eventsOf(action.id)).toEqual(['action.started', 'action.succeeded']);
      const denied = await gather.callTool({ name: 'erp__create_purchase_order', arguments: order });
      expect(denied).toMatchObject({
        isError: true,
        structuredContent: { problem: { code: 'forbidden' }, policies: ['coe-payments-for-a-person'] },
      });
    }
    for (const method of ['GET', 'DELETE']) expect((await fetch(url('/mcp'), { method })).status).toBe(405);
    const refused = await fetch(url('/mcp'), { method: 'POST' });
    const [, metadata = ''] =
      /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
    expect(await (await fetch(metadata)).json()).toMatchObject({ resource: url('/mcp') });
  });

  it('never lets an MCP client see a way to approve what people must decide', async () => {
    const heard: string[] = [];
    const client = await connectMcp(product.cloud.url, await tokenOf('act'), { heard });
    const act = product.work('act', {
      handle: async (task) =>
        steps[task.capability]?.({ ...product.agent('act'), act: actOver(client) }, task),
    });
    const working = [act, product.work('gather'), product.work('analyse')];
    const large = { quantity: 1, unitPrice: '4000.00', total: '4000.00' };
    const run = await product.order('PR-MCP', large);
    const mails = await eventually('people are asked', async () => {
      const found = await mailsAbout(product, 'PR-MCP');
      return found.length === 3 ? found : undefined;
    });
    const [action = ''] = /act_[0-9a-z]{32}/.exec(heard.join()) ?? [];
    const look = async () => {
      const said = await client.callTool({ name: 'get_action', arguments: { action } });
      return said.structuredContent as Record<string, unknown>;
    };
    expect(await look()).toMatchObject({ status: 'held', waitsFor: [{ group: 'budget-owners', count: 1 }] });
    await decide(mails[0]?.link ?? '', 'approve');
    const done = await eventually('it is carried out', async () => {
      const told = await look();
      return told['status'] === 'succeeded' ? told : undefined;
    });
    expect(done).toMatchObject({ output: { vendor: 'Contoso Paper', total: '4000.00' } });
    await eventually('the run ended', async () => (await product.admin.run(run)).finishedAt);
    for (const worker of working) worker.abort();
    for (const { link, to } of mails) {
      const secret = link.split('/').at(-1) ?? link;
      expect(secret.length).toBeGreaterThan(30);
      expect([secret, to].filter((kept) => heard.join().includes(kept))).toEqual([]);
    }
  });

  it('tells how to sign in', async () => {
    const discovery = (await (await fetch(url('/.well-known/oauth-authorization-server'))).json()) as object;
    expect(discovery).toMatchObject({ issuer: product.cloud.url, token_endpoint: url('/oauth/token') });
    const jwks = (await (await fetch(url('/.well-known/jwks.json'))).json()) as { keys: object[] };
    expect(jwks.keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', use: 'sig' });
    expect(jwks.keys[0]).not.toHaveProperty('d');
  });

  it.each(['/v1/governance', '/v1/audit/events', '/v1/runs/run_00000000'])(
    'keeps %s for signed callers',
    async (path) => {
      expect((await fetch(url(path))).status).toBe(403);
      const asAgent = await fetch(url(path), { headers: { authorization: `Bearer ${token}` } });
      expect(asAgent.status).toBe(403);
    },
  );

  it('stops a suspended agent at its next action, token or no token', async () => {
    const suspended = (file: string, text: string) =>
      file.endsWith('agents.yaml') ? text.replace('stage: pilot', 'stage: suspended') : text;
    await product.apply(suspended);
    const response = await post(quotes);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ title: 'agent-inactive' });
    await product.apply();
    expect((await post(quotes)).status).toBe(200);
  });

  it('says when no agent has the capability a run waits for', async () => {
    const nobody = (file: string, text: string) =>
      file.endsWith('agents.yaml') ? text.replaceAll('procurement-gather', 'something-else') : text;
    await product.apply(nobody);
    const id = await product.order('PR-NOBODY');
    const run = await eventually('the run waits', async () => {
      const view = await product.admin.run(id);
      return view.waitingFor ? view : undefined;
    });
    expect(run).toMatchObject({ status: 'running', waitingFor: { kind: 'task', eligibleAgents: 0 } });
    expect(run.waitingFor?.['note']).toContain('no agent with capability procurement-gather');
    await product.apply();
  });
});
