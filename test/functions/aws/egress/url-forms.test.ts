import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectHttp } from '../../../../functions/aws/connectors/connect-http.ts';
import { openReach, reachWith } from '../../../../functions/aws/egress/open-reach.ts';
import { type DnsServer, startDns } from '../../../harness/dns-server.ts';
import { recordSockets } from '../../../harness/opened-sockets.ts';
import { someSystem, someTool } from '../../../harness/tools.ts';

/** Names whose addresses are where nobody may go. */
const zone = {
  'metadata.example.com': [['169.254.169.254']],
  'metadata6.example.com': [['fd00:ec2::254']],
  'loopback.example.com': [['127.0.0.1']],
  'loopback6.example.com': [['::1']],
  'private.example.com': [['10.0.0.5']],
  'private6.example.com': [['fd12:3456::7']],
  'shared.example.com': [['100.64.0.9']],
  'any.example.com': [['0.0.0.0']],
  'mapped.example.com': [['::ffff:a9fe:a9fe']],
  'nat64.example.com': [['64:ff9b::a9fe:a9fe']],
  'split.example.com': [['93.184.216.34', '169.254.169.254']],
  'split6.example.com': [['93.184.216.34', '::1']],
  'multicast.example.com': [['224.0.0.251']],
  localhost: [['127.0.0.1']],
};

const hosts = [
  // The same four bytes in every way a URL may write them.
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '017700000001',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '0177.0x0.0.1',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '１２７.0.0.1',
  '127。0。0。1',
  '①②⑦.0.0.1',
  '127.0.0.2',
  'localhost',
  'LOCALHOST',
  'loopback.example.com',
  'loopback6.example.com',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:0:127.0.0.1]',
  // Where clouds keep credentials.
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0xa9.0xfe.0xa9.0xfe',
  '0251.0376.0251.0376',
  '169.254.43518',
  '169.254.170.2',
  '169.254.170.23',
  '169.254.1.1',
  'metadata.example.com',
  'metadata6.example.com',
  'mapped.example.com',
  'nat64.example.com',
  '[fd00:ec2::254]',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::169.254.169.254]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[2002:a9fe:a9fe::1]',
  '[2001:0:a9fe:a9fe::1]',
  '[fe80::1]',
  '100.100.100.200',
  '168.63.129.16',
  // Other people's networks.
  '10.0.0.1',
  '10.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.168.257',
  '100.64.0.1',
  '[fc00::1]',
  '[fd12:3456::7]',
  'private.example.com',
  'private6.example.com',
  'shared.example.com',
  'split.example.com',
  'split6.example.com',
  // Nobody's.
  '0.0.0.0',
  '0',
  '[::]',
  'any.example.com',
  '255.255.255.255',
  '224.0.0.1',
  'multicast.example.com',
  '[ff02::1]',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '[2001:db8::1]',
  '198.18.0.1',
  '240.0.0.1',
  'nowhere.example.com',
];

let dns: DnsServer;
let port: number;
let heard = 0;
const listener = createServer((_, response) => {
  heard += 1;
  response.end('{}');
});
beforeAll(async () => {
  dns = await startDns(zone);
  await new Promise<void>((ready) => listener.listen(0, '0.0.0.0', ready));
  const address = listener.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
});
afterAll(() => {
  dns.close();
  listener.close();
});

function call(baseUrl: string, loopback = false) {
  const reach = reachWith({
    readSecret: async () => '',
    resolve: dns.resolve,
    loopback,
    now: () => new Date(),
  });
  const tool = someTool({ connector: { type: 'http', method: 'GET', path: '/', query: [] } });
  const system = someSystem({ baseUrl });
  return connectHttp(reach)({ tool, system, input: {}, idempotencyKey: 'act_00000001', timeoutMs: 3000 });
}

describe('a place nobody may go', () => {
  it('is written in at least sixty ways', () => {
    expect(hosts.length).toBeGreaterThanOrEqual(60);
  });

  it.each(hosts)('is never connected to: %s', async (host) => {
    const sockets = recordSockets();
    const outcomes = [await call(`https://${host}:${port}`), await call(`http://${host}:${port}`)];
    sockets.stop();
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'failed', sent: false });
    expect(sockets.opened).toEqual([]);
    expect(heard).toBe(0);
  });

  it.each(hosts.slice(25))('stays shut on a laptop too: %s', async (host) => {
    const sockets = recordSockets();
    await call(`https://${host}:${port}`, true);
    await call(`http://${host}:${port}`, true);
    sockets.stop();
    expect(sockets.opened).toEqual([]);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://erp.example.com',
    'gopher://127.0.0.1',
    'data:text/plain,x',
    'unix:/run/x',
  ])('is no scheme but https: %s', async (url) => {
    const sockets = recordSockets();
    expect(await call(url, true)).toMatchObject({ status: 'failed' });
    sockets.stop();
    expect(sockets.opened).toEqual([]);
  });

  it.each(['https://user:pass@erp.example.com', 'https://erp.example.com@169.254.169.254'])(
    'is not hidden behind credentials: %s',
    async (url) => {
      expect(await call(url, true)).toMatchObject({ status: 'failed', code: 'host-refused' });
    },
  );
});

describe('a laptop', () => {
  it.each(['127.0.0.1', 'localhost', '2130706433'])('reaches itself by http://%s', async (host) => {
    heard = 0;
    expect(await call(`http://${host}:${port}`, true)).toEqual({ status: 'succeeded', output: {} });
    expect(heard).toBe(1);
  });

  it.each(['allowed', 'refused'] as const)(
    'that is a function in AWS does not: %s',
    async (LOOPBACK_TOOLS) => {
      vi.stubEnv('AWS_LAMBDA_RUNTIME_API', `127.0.0.1:${port}`);
      const sockets = recordSockets();
      const outcome = await reachItself(LOOPBACK_TOOLS);
      sockets.stop();
      expect(outcome).toMatchObject({ status: 'failed', code: 'host-refused' });
      expect(sockets.opened).toEqual([]);
    },
  );

  it('does so where its stage says, and only there', async () => {
    expect(await reachItself('allowed')).toMatchObject({ status: 'succeeded' });
    expect(await reachItself('refused')).toMatchObject({ status: 'failed', code: 'host-refused' });
  });
});

afterEach(() => vi.unstubAllEnvs());

const reachItself = (LOOPBACK_TOOLS: 'allowed' | 'refused') =>
  connectHttp(openReach({ LOOPBACK_TOOLS }, () => new Date()))({
    tool: someTool({ connector: { type: 'http', method: 'GET', path: '/', query: [] } }),
    system: someSystem({ baseUrl: `http://127.0.0.1:${port}` }),
    input: {},
    idempotencyKey: 'act_00000001',
    timeoutMs: 1000,
  });
