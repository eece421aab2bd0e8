import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { System } from '../../../../core/governance/system.ts';
import type { Tool } from '../../../../core/governance/tool.ts';
import { connectHttp } from '../../../../functions/aws/connectors/connect-http.ts';
import { MAX_OUTPUT_BYTES } from '../../../../functions/aws/connectors/connector.ts';
import { laptopReach } from '../../../harness/reach.ts';
import { someSystem, someTool } from '../../../harness/tools.ts';

type Seen = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
const SECRET = 'sk_live_4f9a"\\hunter2/abc';
const seen: Seen[] = [];
let answer: (response: ServerResponse, request: Seen) => void;
let baseUrl: string;
const server = createServer((request, response) => {
  void text(request).then((body) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body });
    answer(response, { method, url, headers, body });
  });
});
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen.length = 0;
  answer = (response) => response.end('{"order":"PO-1"}');
});

type Ask = {
  readonly connector?: object;
  readonly system?: Partial<System>;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
  readonly secret?: () => Promise<string>;
};
function call({
  connector = {},
  system = {},
  input = { vendor: 'Northwind' },
  timeoutMs = 2000,
  secret,
}: Ask = {}) {
  const base = {
    type: 'http',
    method: 'POST',
    path: '/orders',
    query: [],
    ...connector,
  } as Tool['connector'];
  return connectHttp(laptopReach(secret ?? (async () => SECRET)))({
    tool: someTool({ connector: base }),
    system: someSystem({ baseUrl, ...system }),
    input,
    idempotencyKey: 'act_00000001',
    timeoutMs,
  });
}

describe('a call over HTTP', () => {
  it('sends the input as JSON with the action id as Idempotency-Key', async () => {
    expect(await call()).toEqual({ status: 'succeeded', output: { order: 'PO-1' } });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/orders', body: '{"vendor":"Northwind"}' });
    expect(seen[0]?.headers).toMatchObject({ 'idempotency-key': 'act_00000001', accept: 'application/json' });
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('puts fields where the connector says: path, query, body', async () => {
    const connector = { path: '/units/{unit}/orders', query: ['dry'] };
    await call({ connector, input: { unit: 'a/b c?#', dry: true, total: '1.00' } });
    expect(seen[0]).toMatchObject({
      url: '/units/a%2Fb%20c%3F%23/orders?dry=true',
      body: '{"total":"1.00"}',
    });
  });

  it('puts everything in the query of a GET', async () => {
    await call({ connector: { method: 'GET', path: '/quotes' }, input: { category: 'chairs & desks' } });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/quotes?category=chairs+%26+desks', body: '' });
  });

  it('sends fields as headers, and in neither query nor body', async () => {
    const connector = { headers: { 'X-Tenant': 'tenant', 'If-Match': 'version', 'X-None': 'none' } };
    await call({ connector, input: { tenant: 'acme', version: 7, total: '1.00', none: null } });
    expect(seen[0]?.headers).toMatchObject({ 'x-tenant': 'acme', 'if-match': '7' });
    expect(seen[0]?.headers).not.toHaveProperty('x-none');
    expect(seen[0]?.body).toBe('{"total":"1.00"}');
  });

  it.each(['acme\r\nx-admin: 1', 'acme\n', 'Zürich', '\u{1F600}', 'a\0b'])(
    'refuses %j in a header: nothing is sent',
    async (tenant) => {
      const outcome = await call({ connector: { headers: { 'X-Tenant': 'tenant' } }, input: { tenant } });
      expect(outcome).toMatchObject({ status: 'failed', code: 'header-refused', sent: false });
      expect(seen).toEqual([]);
    },
  );

  it('sends one field as the whole body where the connector says so', async () => {
    const connector = { query: ['dry'], body: 'order' };
    await call({ connector, input: { dry: 1, order: [{ vendor: 'Northwind' }] } });
    expect(seen[0]).toMatchObject({ url: '/orders?dry=1', body: '[{"vendor":"Northwind"}]' });
    await call({ connector, input: { dry: 1 } });
    expect(seen[1]).toMatchObject({ body: '' });
    expect(seen[1]?.headers).not.toHaveProperty('content-type');
  });

  it('repeats a query parameter for each element of a list, and leaves null out', async () => {
    const connector = { method: 'GET', path: '/quotes' };
    await call({ connector, input: { id: ['a', 'b c', 3], none: [], nothing: null, open: false } });
    expect(seen[0]?.url).toBe('/quotes?id=a&id=b+c&id=3&open=false');
  });

  it.each(['a/../../b', '..\\b', null, '\ud800'])('never lets %j into a path', async (order) => {
    const outcome = await call({ connector: { path: '/orders/{order}' }, input: { order } });
    expect(outcome).toMatchObject({ status: 'failed', code: 'path-refused', sent: false });
    expect(seen).toEqual([]);
  });

  it.each(['..', '.', ''])('never lets the field %j of a path reach another resource', async (order) => {
    const connector = { method: 'DELETE', path: '/tenants/{tenant}/orders/{order}' };
    const outcome = await call({ connector, input: { tenant: 'acme', order } });
    expect(outcome).toMatchObject({ status: 'failed', code: 'path-refused' });
    expect(seen).toEqual([]);
  });
});

describe('where a call may go', () => {
  it('is the system’s own host and nowhere else', async () => {
    const escaping = await call({ connector: { path: '@127.0.0.2/orders' } });
    expect(escaping).toMatchObject({ status: 'failed', code: 'host-refused' });
    expect(seen).toEqual([]);
  });

  it.each([
    'http://erp.example.com',
    'http://10.0.0.1',
    'http://localhost.example.com',
    'http://169.254.169.254',
  ])('is never %s: only loopback is reached without TLS', async (url) => {
    expect(await call({ system: { baseUrl: url } })).toMatchObject({
      status: 'failed',
      code: 'host-refused',
    });
  });

  it.each([
    ['GET', 302, 'failed'],
    ['POST', 301, 'failed'],
    ['POST', 302, 'unknown'],
    ['POST', 303, 'unknown'],
    ['PUT', 307, 'failed'],
    ['DELETE', 308, 'failed'],
  ])('is not where the redirect of a %s by %i points: that is %s', async (method, status, ended) => {
    answer = (response) => response.writeHead(status, { location: 'https://evil.example.com/a?b=c' }).end();
    const outcome = await call({ connector: { method } });
    expect(outcome).toEqual({
      status: ended,
      code: 'redirect-refused',
      detail: `the system answered ${status} and points to evil.example.com, where nobody goes`,
    });
    expect(seen).toHaveLength(1);
  });

  it('is nowhere when the system has no address', async () => {
    const { baseUrl: gone, ...system } = someSystem();
    expect(gone).toBeDefined();
    const tool = someTool();
    const outcome = await connectHttp(laptopReach())({
      tool,
      system,
      input: {},
      idempotencyKey: 'act_00000001',
      timeoutMs: 100,
    });
    expect(outcome).toMatchObject({ status: 'failed', code: 'misconfigured' });
  });
});

describe('how a call ended', () => {
  it.each([400, 401, 404, 409, 422])('a %i is a clear no, with the system’s own reason', async (status) => {
    answer = (response) => response.writeHead(status).end('{"detail":"no such vendor"}');
    expect(await call()).toEqual({
      status: 'failed',
      code: 'refused-by-system',
      detail: `the system answered ${status}: no such vendor`,
    });
  });

  it.each([500, 502, 503, 429])('a %i leaves the effect in doubt and may be tried again', async (status) => {
    answer = (response) => response.writeHead(status).end('{"message":"try later"}');
    expect(await call()).toMatchObject({ status: 'unknown', code: 'system-error', retry: true });
  });

  it('an answer that never comes leaves it in doubt', async () => {
    answer = () => undefined;
    expect(await call({ timeoutMs: 100 })).toMatchObject({
      status: 'unknown',
      code: 'unreachable',
      retry: true,
    });
    answer = (response) => response.destroy();
    expect(await call()).toMatchObject({ status: 'unknown', code: 'unreachable', retry: true });
    answer = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"order"');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await call()).toMatchObject({ status: 'unknown', code: 'unreachable', retry: true });
  });

  it('an answer that is too large is not cut: nobody knows what it said', async () => {
    const large = 'x'.repeat(MAX_OUTPUT_BYTES + 1);
    answer = (response) => response.end(large);
    expect(await call()).toMatchObject({ status: 'unknown', code: 'output-too-large' });
    answer = (response) => response.writeHead(422).end(large);
    expect(await call()).toMatchObject({ status: 'failed' });
    answer = (response) => response.writeHead(500).end(large);
    expect(await call()).toMatchObject({ status: 'unknown', code: 'system-error', retry: true });
    answer = (response) => response.end(JSON.stringify('x'.repeat(MAX_OUTPUT_BYTES - 2)));
    expect(await call()).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['no JSON', 'order placed', 'order placed'],
    ['nothing', '', ''],
    ['an integer JavaScript would round', '{"id":12345678901234567890}', '{"id":12345678901234567890}'],
    ['a number nothing can store', '{"p":1e-200}', '{"p":1e-200}'],
    ['nesting without end', '['.repeat(100) + ']'.repeat(100), '['.repeat(100) + ']'.repeat(100)],
    ['__proto__', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
  ])('an answer of %s is kept as the text it is', async (_, body, output) => {
    answer = (response) => response.end(body);
    expect(await call()).toEqual({ status: 'succeeded', output });
  });

  it('an answer that grows when it is kept counts as it is kept', async () => {
    answer = (response) => response.end(`[${'1e15,'.repeat(30_000)}1]`);
    expect(await call()).toMatchObject({ status: 'unknown', code: 'output-too-large' });
  });
});

describe('the system’s secret', () => {
  const system = { bearerSecret: 'erp/token' };

  it('goes into the request as its bearer token', async () => {
    const asked: string[] = [];
    const connect = connectHttp(
      laptopReach(async (name) => {
        asked.push(name);
        return 'the-token-of-the-erp';
      }),
    );
    await connect({
      tool: someTool(),
      system: someSystem({ baseUrl, ...system }),
      input: {},
      idempotencyKey: 'act_00000001',
      timeoutMs: 2000,
    });
    expect(asked).toEqual(['erp/token']);
    expect(seen[0]?.headers.authorization).toBe('Bearer the-token-of-the-erp');
  });

  it.each<[string, (response: ServerResponse, request: Seen) => void]>([
    [
      'a JSON answer',
      (response, { headers }) =>
        response.end(JSON.stringify({ headers, [String(headers.authorization)]: 1 })),
    ],
    [
      'an escaped JSON answer',
      (response) =>
        response.end(
          `{"key":"${[...SECRET].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`,
        ),
    ],
    ['plain text', (response, { headers }) => response.end(`you said ${headers.authorization}`)],
    [
      'a refusal',
      (response, { headers }) =>
        response.writeHead(401).end(JSON.stringify({ detail: `bad ${headers.authorization}` })),
    ],
    [
      'an error',
      (response, { headers }) =>
        response.writeHead(500).end(JSON.stringify({ message: headers.authorization })),
    ],
  ])('is in no outcome, even when the system echoes it in %s', async (_, echo) => {
    answer = echo;
    const outcome = JSON.stringify(await call({ system }));
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(outcome).not.toContain('hunter2');
    expect(outcome).toContain('[secret]');
  });

  it('that can’t be read is a clear failure: nothing was sent', async () => {
    const secret = () => Promise.reject(new Error('AccessDenied for secret hunter2'));
    const outcome = await call({ system, secret });
    expect(outcome).toMatchObject({ status: 'failed', code: 'no-secret', retry: true });
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
    expect(seen).toEqual([]);
  });

  it('that is no header value is a clear failure that does not show it', async () => {
    const outcome = await call({ system, secret: async () => 'two\nlines of hunter2' });
    expect(outcome).toMatchObject({ status: 'failed', code: 'no-secret' });
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
    expect(seen).toEqual([]);
  });
});
