import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { System } from '../../../../../core/governance/system.ts';
import { connectHttp } from '../../../../../functions/aws/connectors/connect-http.ts';
import { startWorld, type World } from '../../../../harness/door.ts';
import { laptopReach } from '../../../../harness/reach.ts';
import { someSystem, someTool } from '../../../../harness/tools.ts';
import { tracesOf } from '../../../../harness/traces.ts';

/** Plays the bird in the mine: wherever it is found, a secret got out. Headers take it without the accent. */
const CANARY = 'c4n4ry "q"\\/ +é&<b>=%41 hunter2';
const TOKEN = 'tok.c4n4ry-hunter2_token~0123456789';

const canaryOf = (auth: string) =>
  auth === 'basic' || auth.endsWith('query') ? CANARY : CANARY.replace('é', 'e');
const sentAs = (auth: string) => (auth === 'oauth2' ? TOKEN : canaryOf(auth));

/** What the system saw of us: every place a credential may stand. */
type Seen = { readonly url: string; readonly headers: IncomingHttpHeaders };
const seen: Seen[] = [];
let answer: (response: ServerResponse, request: Seen) => void;
let baseUrl: string;
const server = createServer((request, response) => {
  void text(request).then(() => {
    const { url = '', headers } = request;
    if (url === '/token') {
      response.end(JSON.stringify({ access_token: TOKEN, token_type: 'Bearer', expires_in: 60 }));
      return;
    }
    seen.push({ url, headers });
    answer(response, { url, headers });
  });
});
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => (seen.length = 0));

const secret = 'autonomy/dev/system/erp';
const auths: Readonly<Record<string, () => Partial<System>>> = {
  bearerSecret: () => ({ bearerSecret: secret }),
  bearer: () => ({ auth: { type: 'bearer', secret } }),
  basic: () => ({ auth: { type: 'basic', username: 'autonomy', secret } }),
  'api key in a header': () => ({ auth: { type: 'api-key', in: 'header', name: 'X-Api-Key', secret } }),
  'api key in the query': () => ({ auth: { type: 'api-key', in: 'query', name: 'api_key', secret } }),
  oauth2: () => ({ auth: { type: 'oauth2', tokenUrl: `${baseUrl}/token`, clientId: 'autonomy', secret } }),
};

/** The credential as the system got it, in clear. */
function received({ url, headers }: Seen): string {
  const { authorization = '' } = headers;
  if (authorization.startsWith('Basic '))
    return Buffer.from(authorization.slice(6), 'base64').toString().split(':').slice(1).join(':');
  const key = headers['x-api-key'] ?? new URL(url, baseUrl).searchParams.get('api_key');
  return key === null ? authorization.replace('Bearer ', '') : String(key);
}

const everything = ({ url, headers }: Seen) =>
  JSON.stringify({ url, headers, clear: received({ url, headers }) });
const html = (plain: string) => plain.replace(/[&<>"é]/g, (each) => `&#${each.charCodeAt(0)};`);
const unicode = (plain: string) =>
  [...plain].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

/** How systems give back what they got. */
const echoes: Readonly<Record<string, (response: ServerResponse, request: Seen) => void>> = {
  'a JSON answer': (response, request) => response.end(everything(request)),
  'JSON within JSON': (response, request) =>
    response.end(JSON.stringify({ debug: JSON.stringify({ was: everything(request) }) })),
  'JSON all in escapes': (response, request) => response.end(`{"was":"${unicode(received(request))}"}`),
  'plain text': (response, request) =>
    response.end(`got ${received(request)} and ${request.headers.authorization}`),
  'a member’s name': (response, request) => response.end(JSON.stringify({ [received(request)]: 1 })),
  'a URL': (response, request) =>
    response.end(JSON.stringify({ next: `/a?b=${encodeURIComponent(received(request))}` })),
  'a form': (response, request) => response.end(new URLSearchParams({ a: received(request) }).toString()),
  'a URL within a URL': (response, request) =>
    response.end(encodeURIComponent(encodeURIComponent(received(request)))),
  HTML: (response, request) => response.end(html(`<p>${received(request)}</p>`)),
  base64: (response, request) =>
    response.end(JSON.stringify({ b: Buffer.from(received(request)).toString('base64') })),
  'base64 of more': (response, request) =>
    response.end(
      ['x', 'xy', 'xyz']
        .map((head) => Buffer.from(`${head}${received(request)}tail`).toString('base64'))
        .join(' '),
    ),
  base64url: (response, request) =>
    response.end(Buffer.from(`{"a":"${received(request)}"}`).toString('base64url')),
  hexadecimal: (response, request) => response.end(Buffer.from(received(request)).toString('hex')),
  'a refusal': (response, request) =>
    response.writeHead(422).end(JSON.stringify({ detail: `bad ${received(request)}` })),
  'a 401': (response, request) =>
    response.writeHead(401).end(JSON.stringify({ error: `bad ${everything(request)}` })),
  'an error': (response, request) =>
    response.writeHead(500).end(JSON.stringify({ message: everything(request) })),
  'a redirect': (response, request) =>
    response
      .writeHead(307, { location: `http://${encodeURIComponent(received(request))}.example.com/` })
      .end(),
  headers: (response, request) =>
    response.writeHead(200, { 'x-echo': encodeURIComponent(everything(request)) }).end('{}'),
};
const echoOf = (echo: string) => {
  const found = echoes[echo];
  if (!found) throw new Error(echo);
  return found;
};
const matrix = Object.keys(auths)
  .slice(1)
  .flatMap((auth) => Object.keys(echoes).map((echo) => [auth, echo] as const));

const call = (auth: string) =>
  connectHttp(laptopReach(async () => canaryOf(auth)))({
    tool: someTool(),
    system: someSystem({ baseUrl, ...auths[auth]?.() }),
    input: { vendor: 'Northwind' },
    idempotencyKey: 'act_00000001',
    timeoutMs: 2000,
  });

describe('a secret', () => {
  it.each(matrix)(
    'sent as %s is not in what an agent reads, though the system echoes it in %s',
    async (auth, echo) => {
      answer = echoOf(echo);
      const outcome = await call(auth);
      const sent = sentAs(auth);
      expect(seen.map(received)).toContain(sent);
      const text = JSON.stringify(outcome.status === 'succeeded' ? outcome.output : outcome.detail);
      expect([...tracesOf(sent, text), ...tracesOf(sent.toLowerCase(), text)]).toEqual([]);
    },
  );
});

const rowsOf = async ({ database }: World) =>
  (await database.client.send(new ScanCommand({ TableName: 'registry', ConsistentRead: true }))).Items;

describe('a secret on its way through the door', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  it.each(['basic', 'oauth2'])('as %s is in no row, no event, no log line and no answer', async (auth) => {
    const connect = connectHttp(laptopReach(async () => canaryOf(auth)));
    world.erp.answer = (given) => connect({ ...given, system: someSystem({ baseUrl, ...auths[auth]?.() }) });
    const sent = sentAs(auth);
    for (const [n, echo] of ['a JSON answer', 'a refusal', 'an error'].entries()) {
      answer = echoOf(echo);
      const acted = await world.act({ key: `canary-${auth.replaceAll(' ', '-')}-${n}` });
      const read = await world.get(`/v1/actions/${String(acted.body['id'])}`);
      for (const text of [acted.text, read.text]) expect(tracesOf(sent, text)).toEqual([]);
    }
    expect(seen.map(received)).toContain(sent);
    const kept = JSON.stringify([await rowsOf(world), await world.database.events(), world.lines]);
    expect(kept).toContain('act_');
    expect(kept).not.toContain('hunter2');
  });
});
