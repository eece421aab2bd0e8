import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { System } from '../../../../../core/governance/system.ts';
import type { Tool } from '../../../../../core/governance/tool.ts';
import { connectHttp } from '../../../../../functions/aws/connectors/connect-http.ts';
import { reachWith } from '../../../../../functions/aws/egress/open-reach.ts';
import { recordSockets } from '../../../../harness/opened-sockets.ts';
import { someSystem, someTool } from '../../../../harness/tools.ts';

type Asked = { readonly headers: IncomingHttpHeaders; readonly body: string };
const asked: Asked[] = [];
const calls: string[] = [];
/** Tokens the system takes; each given one is taken until it is withdrawn. */
const good = new Set<string>();
let give: (response: ServerResponse, token: string) => void;
let base: string;
const server = createServer((request, response) => {
  void text(request).then((body) => {
    if (request.url?.startsWith('/token')) {
      asked.push({ headers: request.headers, body });
      const token = `token-number-${asked.length}`;
      good.add(token);
      give(response, token);
      return;
    }
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    calls.push(token);
    response.writeHead(good.has(token) ? 200 : 401).end('{}');
  });
});
const reply = (response: ServerResponse, more: object) =>
  response.end(JSON.stringify({ token_type: 'Bearer', expires_in: 600, ...more }));
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let clock: Date;
const read: { name: string; fresh: boolean }[] = [];
let secretNow: string;
let reach: ReturnType<typeof reachWith>;
beforeEach(() => {
  asked.length = 0;
  calls.length = 0;
  read.length = 0;
  good.clear();
  secretNow = 's3cr:et /+';
  clock = new Date('2026-11-23T10:00:00Z');
  give = (response, token) => reply(response, { access_token: token });
  reach = reachWith({
    readSecret: async (name, fresh = false) => {
      read.push({ name, fresh });
      return secretNow;
    },
    resolve: async () => [],
    loopback: true,
    now: () => clock,
  });
});

type ClientAuth = Extract<System['auth'], { type: 'oauth2' }>;
const oauth2 = (more: Partial<ClientAuth> = {}): ClientAuth => ({
  type: 'oauth2',
  tokenUrl: `${base}/token`,
  clientId: 'autonomy os',
  secret: 'autonomy/dev/system/erp',
  ...more,
});

const call = (auth: System['auth'], effect: Tool['effect'] = 'keyed') =>
  connectHttp(reach)({
    tool: someTool({ effect }),
    system: someSystem({ baseUrl: base, ...(auth && { auth }) }),
    input: {},
    idempotencyKey: 'act_00000001',
    timeoutMs: 2000,
  });

describe('a token', () => {
  it('is asked for with the client’s credentials and what it is for', async () => {
    await call(oauth2({ scope: 'orders:write', audience: 'https://erp.example.com' }));
    const [request] = asked;
    const basic = Buffer.from(
      request?.headers.authorization?.replace('Basic ', '') ?? '',
      'base64',
    ).toString();
    expect(basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')))).toEqual([
      'autonomy os',
      secretNow,
    ]);
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'orders:write',
      audience: 'https://erp.example.com',
    });
    expect(calls).toEqual(['token-number-1']);
  });

  it('is kept until shortly before it ends', async () => {
    await call(oauth2());
    clock = new Date(clock.getTime() + 539_000);
    await call(oauth2());
    expect(asked).toHaveLength(1);
    clock = new Date(clock.getTime() + 2_000);
    await call(oauth2());
    expect(calls).toEqual(['token-number-1', 'token-number-1', 'token-number-2']);
  });

  it('is asked for once by everyone who needs it at the same time', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => call(oauth2())));
    expect(outcomes.every(({ status }) => status === 'succeeded')).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it('of one client is never another’s, nor one scope’s another’s', async () => {
    await call(oauth2());
    await call(oauth2({ clientId: 'another' }));
    await call(oauth2({ scope: 'all' }));
    expect(new Set(calls).size).toBe(3);
  });

  it.each(['read', 'keyed'] as const)(
    'that the system refuses is forgotten, and the %s call made once more',
    async (effect) => {
      await call(oauth2());
      good.clear();
      expect(await call(oauth2(), effect)).toMatchObject({ status: 'succeeded' });
      expect(calls).toEqual(['token-number-1', 'token-number-1', 'token-number-2']);
      expect(read.at(-1)).toEqual({ name: 'autonomy/dev/system/erp', fresh: true });
    },
  );

  it('that the system refuses ends an at-most-once call; the next one has a new token', async () => {
    await call(oauth2());
    good.clear();
    expect(await call(oauth2(), 'at-most-once')).toMatchObject({
      status: 'failed',
      code: 'refused-by-system',
    });
    expect(await call(oauth2(), 'at-most-once')).toMatchObject({ status: 'succeeded' });
    expect(calls).toHaveLength(3);
  });

  it('that is refused though it is new is not asked for again and again', async () => {
    give = (response, token) => {
      good.delete(token);
      reply(response, { access_token: token });
    };
    expect(await call(oauth2())).toMatchObject({ status: 'failed', code: 'refused-by-system' });
    expect([asked.length, calls.length]).toEqual([2, 2]);
  });

  it.each<[string, (response: ServerResponse, token: string) => void]>([
    ['an error', (response) => response.writeHead(500).end('hunter2')],
    [
      'a refusal that echoes the secret',
      (response) => response.writeHead(401).end(JSON.stringify({ error: secretNow })),
    ],
    ['a redirect', (response) => response.writeHead(302, { location: `${base}/elsewhere` }).end()],
    ['no JSON', (response) => response.end('token')],
    ['no token', (response) => reply(response, {})],
    [
      'a token of another type',
      (response, token) => reply(response, { access_token: token, token_type: 'mac' }),
    ],
    ['a token with a line break', (response) => reply(response, { access_token: 'a\r\nx-admin: 1' })],
    ['too much', (response) => response.end('x'.repeat(100_000))],
  ])('can’t be had when its server answers with %s: nothing was sent', async (_, answer) => {
    give = answer;
    const outcome = await call(oauth2());
    expect(outcome).toMatchObject({ status: 'failed', code: 'no-token', sent: false, retry: true });
    expect(JSON.stringify(outcome)).not.toContain('s3cr');
    expect(calls).toEqual([]);
  });

  it.each(['https://169.254.169.254/token', 'http://erp.example.com/token', 'https://10.0.0.1/token'])(
    'is never asked for at %s',
    async (tokenUrl) => {
      const sockets = recordSockets();
      expect(await call(oauth2({ tokenUrl }))).toMatchObject({ status: 'failed', code: 'no-token' });
      sockets.stop();
      expect(sockets.opened).toEqual([]);
    },
  );

  it('that lives a moment is used and not kept', async () => {
    give = (response, token) => reply(response, { access_token: token, expires_in: 0 });
    await call(oauth2());
    await call(oauth2());
    expect(calls).toEqual(['token-number-1', 'token-number-2']);
  });
});

describe('a secret that was rotated', () => {
  it('is read again when the system refuses the old one', async () => {
    const auth = { type: 'bearer', secret: 'autonomy/dev/system/erp' } as const;
    good.add('new');
    let reads = 0;
    reach = reachWith({
      readSecret: async (_, fresh = false) => {
        reads += 1;
        return fresh ? 'new' : 'old';
      },
      resolve: async () => [],
      loopback: true,
      now: () => clock,
    });
    expect(await call(auth)).toMatchObject({ status: 'succeeded' });
    expect(calls).toEqual(['old', 'new']);
    expect(reads).toBe(2);
  });

  it('to the same is not tried twice', async () => {
    expect(await call({ type: 'bearer', secret: 'autonomy/dev/system/erp' })).toMatchObject({
      status: 'failed',
    });
    expect(calls).toHaveLength(1);
  });
});
