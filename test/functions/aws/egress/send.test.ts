import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSend, MAX_HEADER_BYTES, type Outgoing } from '../../../../functions/aws/egress/send.ts';
import { selfSigned } from '../../../harness/certificate.ts';
import { type DnsServer, startDns, type Zone } from '../../../harness/dns-server.ts';
import { recordSockets } from '../../../harness/opened-sockets.ts';

const PUBLIC = '93.184.216.34';
const METADATA = '169.254.169.254';
const zone: Zone = {
  'erp.example.com': [['127.0.0.1']],
  'other.example.com': [['127.0.0.1']],
  'rebinding.example.com': [['127.0.0.1'], [METADATA]],
  'flipping.example.com': [[PUBLIC], [METADATA], [PUBLIC]],
  'two.example.com': [[PUBLIC, '93.184.216.35']],
  'private.example.com': [['10.20.0.7']],
  localhost: [[PUBLIC]],
};
const certificate = selfSigned(
  'erp.example.com',
  'rebinding.example.com',
  'flipping.example.com',
  'two.example.com',
);

let answer: (request: IncomingMessage, response: ServerResponse) => void;
const heard: IncomingMessage[] = [];
const listener = (request: IncomingMessage, response: ServerResponse) => {
  heard.push(request);
  answer(request, response);
};
const plain = createServer(listener);
const secure = createTlsServer({ key: certificate.key, cert: certificate.cert }, listener);
const portOf = (server: Server) => (server.address() as AddressInfo).port;
let dns: DnsServer;
const trusted = tls.getCACertificates('default');

beforeAll(async () => {
  dns = await startDns(zone);
  for (const server of [plain, secure]) {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  }
  tls.setDefaultCACertificates([...trusted, certificate.cert]);
});
afterAll(() => {
  tls.setDefaultCACertificates(trusted);
  dns.close();
  for (const server of [plain, secure]) server.close();
});
beforeEach(() => {
  heard.length = 0;
  dns.asked.length = 0;
  answer = (_, response) => response.end('{"ok":true}');
});
afterEach(() => vi.restoreAllMocks());

type Ask = Partial<Omit<Outgoing, 'url'>> & { readonly loopback?: boolean; readonly ms?: number };

function ask(target: string, { loopback = true, ms = 2000, ...more }: Ask = {}) {
  const url = new URL(target);
  const signal = AbortSignal.timeout(ms);
  const send = createSend({ resolve: dns.resolve, loopback });
  return send({ url, origin: url.origin, method: 'GET', headers: {}, signal, ...more });
}
const secureUrl = (host: string, path = '/') => `https://${host}:${portOf(secure)}${path}`;
const plainUrl = (path = '/') => `http://127.0.0.1:${portOf(plain)}${path}`;

/** Every connection goes to our own server, whatever it was meant for; tells what that was. */
function divertSockets(): string[] {
  const meant: string[] = [];
  const { connect: original } = Socket.prototype as { connect: (this: Socket, ...args: unknown[]) => Socket };
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
    const [given] = args.flat() as [{ host: string; lookup?: (...all: unknown[]) => void }];
    const { lookup, host, ...options } = given;
    const note = (_: unknown, found: readonly { address: string }[]) =>
      meant.push(...found.map(({ address }) => address));
    if (lookup) lookup(host, { all: true }, note);
    else meant.push(host);
    return original.call(this, { ...options, host: '127.0.0.1' });
  });
  return meant;
}

describe('a connection', () => {
  it('goes to the address that was checked, though the name means another one by then', async () => {
    const sockets = recordSockets();
    const first = await ask(secureUrl('rebinding.example.com'));
    expect(first).toMatchObject({ kind: 'answered', status: 200 });
    expect(dns.asked).toEqual(['rebinding.example.com']);
    const second = await ask(secureUrl('rebinding.example.com'));
    sockets.stop();
    expect(second).toMatchObject({ kind: 'not-sent', code: 'host-refused' });
    expect(sockets.opened).toEqual([`127.0.0.1:${portOf(secure)}`]);
  });

  it('is opened to public addresses alone when a name answers public, then the metadata’s, then public', async () => {
    const meant = divertSockets();
    const outcomes = [];
    for (let n = 0; n < 3; n += 1)
      outcomes.push(await ask(secureUrl('flipping.example.com'), { loopback: false }));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['answered', 'not-sent', 'answered']);
    expect(meant).toEqual([PUBLIC, PUBLIC]);
    expect(heard).toHaveLength(2);
  });

  it('may go to any of the addresses that were checked', async () => {
    const meant = divertSockets();
    await ask(secureUrl('two.example.com'), { loopback: false });
    expect(meant).toEqual([PUBLIC, '93.184.216.35']);
  });

  it('goes into a private network only where the system opens it', async () => {
    const meant = divertSockets();
    const closed = await ask(secureUrl('private.example.com'), { privateNetworks: ['10.21.0.0/16'] });
    expect(closed).toMatchObject({ kind: 'not-sent', code: 'host-refused' });
    expect(meant).toEqual([]);
    await ask(secureUrl('private.example.com'), { privateNetworks: ['10.20.0.0/16'] });
    expect(meant).toEqual(['10.20.0.7']);
  });

  it.each(['0.0.0.0/0', '127.0.0.0/8', '169.254.0.0/16'])(
    'is never opened to loopback or metadata by the network %s',
    async (network) => {
      const meant = divertSockets();
      for (const host of ['erp.example.com', '127.0.0.1', METADATA])
        await ask(secureUrl(host), { loopback: false, privateNetworks: [network] });
      expect(meant).toEqual([]);
    },
  );

  it('without TLS goes to this machine alone, whatever a name says', async () => {
    const meant = divertSockets();
    expect(await ask(`http://localhost:${portOf(plain)}`)).toMatchObject({ code: 'host-refused' });
    expect(meant).toEqual([]);
  });

  it('names the host to TLS and in the request, and believes only its certificate', async () => {
    await ask(secureUrl('erp.example.com', '/orders'));
    expect(heard[0]?.headers.host).toBe(`erp.example.com:${portOf(secure)}`);
    expect((heard[0]?.socket as tls.TLSSocket | undefined)?.servername).toBe('erp.example.com');
    const other = await ask(secureUrl('other.example.com'));
    expect(other).toMatchObject({ kind: 'not-sent', detail: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    tls.setDefaultCACertificates(trusted);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const unknown = await ask(secureUrl('erp.example.com'));
    vi.unstubAllEnvs();
    tls.setDefaultCACertificates([...trusted, certificate.cert]);
    expect(unknown).toMatchObject({ kind: 'not-sent' });
    expect(heard).toHaveLength(1);
  });

  it('goes to one origin and no other', async () => {
    const sockets = recordSockets();
    const outcome = await ask(plainUrl(), { origin: 'https://erp.example.com' });
    sockets.stop();
    expect(outcome).toMatchObject({ kind: 'not-sent', code: 'host-refused' });
    expect(sockets.opened).toEqual([]);
  });

  it('is not shared with another request', async () => {
    const sockets = recordSockets();
    await ask(plainUrl());
    await ask(plainUrl());
    sockets.stop();
    expect(heard.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
    expect(sockets.opened).toHaveLength(2);
  });

  it('asks no proxy of the environment', async () => {
    let proxied = 0;
    const proxy = createServer((_, response) => {
      proxied += 1;
      response.end();
    });
    await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
    const through = `http://127.0.0.1:${portOf(proxy)}`;
    const program = `
      import { get } from 'node:http';
      import { createSend } from ${JSON.stringify(join(import.meta.dirname, '../../../../functions/aws/egress/send.ts'))};
      const send = createSend({ loopback: true, resolve: async () => ['127.0.0.1'] });
      const url = new URL(${JSON.stringify(plainUrl())});
      const told = await send({ url, origin: url.origin, method: 'GET', headers: {}, signal: AbortSignal.timeout(2000) });
      get(url, (response) => response.resume());
      console.log(told.kind);`;
    const env = Object.fromEntries(
      ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY'].map((name) => [name, through]),
    );
    const said = await runAside(program, { ...env, NODE_USE_ENV_PROXY: '1' });
    proxy.closeAllConnections();
    proxy.close();
    expect(said.trim()).toBe('answered');
    expect([heard.length, proxied]).toEqual([1, 1]);
  });
});

/** What a program prints that runs while this one goes on answering. */
async function runAside(program: string, env: Record<string, string>): Promise<string> {
  const args = ['--input-type=module', '--eval', program];
  return (await promisify(execFile)(process.execPath, args, { env, timeout: 10_000 })).stdout;
}

describe('an answer', () => {
  it.each([301, 302, 303, 307, 308])(
    'of %i is an answer: nobody follows a chain of redirects',
    async (status) => {
      answer = ({ url }, response) =>
        response
          .writeHead(status, {
            location: url === '/3' ? `http://${METADATA}/` : `/${Number(url?.slice(1)) + 1}`,
          })
          .end();
      const sockets = recordSockets();
      expect(await ask(plainUrl('/1'))).toMatchObject({ kind: 'answered', status });
      sockets.stop();
      expect(sockets.opened).toEqual([`127.0.0.1:${portOf(plain)}`]);
      expect(heard).toHaveLength(1);
    },
  );

  it('that drips is cut off when its time is over', async () => {
    answer = (_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drip));
    };
    const began = performance.now();
    expect(await ask(plainUrl(), { ms: 200 })).toMatchObject({ kind: 'lost' });
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('whose headers drip is cut off too', async () => {
    answer = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x-a: b\r\n'), 20);
      socket.once('close', () => clearInterval(drip));
    };
    expect(await ask(plainUrl(), { ms: 200 })).toMatchObject({ kind: 'lost' });
  });

  it('with headers without end is lost', async () => {
    answer = ({ socket }) => socket.end(`HTTP/1.1 200 OK\r\nx-a: ${'b'.repeat(MAX_HEADER_BYTES)}\r\n\r\n{}`);
    expect(await ask(plainUrl())).toEqual({ kind: 'lost', detail: 'HPE_HEADER_OVERFLOW' });
  });

  it('larger than the limit is not read on', async () => {
    let written = 0;
    answer = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000))) written += 10_000;
      };
      response.on('drain', more);
      more();
    };
    const outcome = await ask(plainUrl(), { maxBytes: 50_000 });
    expect(outcome).toMatchObject({ kind: 'answered', unread: 'too-large' });
    expect(written).toBeLessThan(20_000_000);
  });

  it('is asked for as it is, and not unpacked when it comes packed', async () => {
    answer = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000)));
    const outcome = await ask(plainUrl());
    expect(outcome).toMatchObject({ kind: 'answered', unread: 'compressed' });
    expect(outcome).not.toHaveProperty('text');
    expect(heard[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('that says less than it promised is lost', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setTimeout(() => response.destroy(), 10);
    };
    expect(await ask(plainUrl())).toMatchObject({ kind: 'lost' });
  });
});

describe('a request that never left', () => {
  it('is told apart from a lost answer', async () => {
    const gone = createServer();
    await new Promise<void>((ready) => gone.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${portOf(gone)}/`;
    await new Promise((closed) => gone.close(closed));
    expect(await ask(url)).toEqual({ kind: 'not-sent', code: 'unreachable', detail: 'ECONNREFUSED' });
    expect(await ask(secureUrl('nobody.example.com'))).toMatchObject({
      kind: 'not-sent',
      code: 'unreachable',
    });
    answer = (_, response) => response.destroy();
    expect(await ask(plainUrl())).toMatchObject({ kind: 'lost' });
  });

  it('waits for a resolver no longer than it may', async () => {
    const send = createSend({ resolve: () => new Promise(() => undefined), loopback: false });
    const url = new URL('https://slow.example.com');
    const outcome = await send({
      url,
      origin: url.origin,
      method: 'GET',
      headers: {},
      signal: AbortSignal.timeout(50),
    });
    expect(outcome).toEqual({ kind: 'not-sent', code: 'unreachable', detail: 'TimeoutError' });
  });
});
