import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callableName } from '../../../../core/callable-name.ts';
import { asNamed, buyer, startWorld, type World } from '../../../harness/door.ts';
import { answered } from '../../../harness/http.ts';
import { ISSUER, mcpOf } from '../../../harness/mcp.ts';
import { ProblemError } from '../../../../functions/http/problem.ts';
import { switchDesk } from '../../../harness/switches.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.lines.length = 0;
});

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const say = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 1, method, params });
const modern = (method: string, params: object = {}) => say(method, { ...params, _meta: meta });

async function post(body: unknown, headers: Record<string, string> = {}, api = mcpOf(world)) {
  return answered(
    await api.request('/mcp', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${buyer}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
}
const speak = (body: { method: string }, more: object = {}) =>
  post(body, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': body.method, ...more });

describe('the MCP door over HTTP', () => {
  it('answers one message with one, in JSON that nobody keeps', async () => {
    const answer = await speak(modern('server/discover'));
    expect(answer).toMatchObject({ status: 200, body: { result: { capabilities: { tools: {} } } } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('answers a client of before by the stream it asks for, and ends it', async () => {
    const { status, text, headers } = await post(say('tools/list'));
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(text).toContain(callableName('erp.create_order'));
  });

  it.each(['GET', 'DELETE'])('has no sessions and no streams to %s', async (method) => {
    const answer = await answered(await mcpOf(world).request('/mcp', { method }));
    expect(answer).toMatchObject({ status: 405, body: { title: 'method-not-allowed' } });
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('keeps no stream open for whoever wants to be told of changes', async () => {
    const answer = await speak(modern('subscriptions/listen', { notifications: { toolsListChanged: true } }));
    expect(answer.text).toContain('Subscription limit reached');
  });

  it.each([
    ['no-token', ''],
    ['bad-token', 'error="invalid_token", '],
  ])('tells whoever is refused for %s where to learn how to sign in', async (code, why) => {
    const api = mcpOf(world, {
      authenticate: async () => {
        throw new ProblemError({ status: 401, code, detail: 'get a token' });
      },
    });
    const answer = await post(say('tools/list'), {}, api);
    expect(answer).toMatchObject({ status: 401, body: { title: code } });
    const metadata = `${ISSUER}/.well-known/oauth-protected-resource/mcp`;
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer ${why}resource_metadata="${metadata}"`);
    const path = metadata.replace(ISSUER, '');
    expect((await answered(await api.request(path))).body).toMatchObject({
      resource: `${ISSUER}/mcp`,
      authorization_servers: [ISSUER],
    });
    const whole = await answered(await api.request('/.well-known/oauth-protected-resource'));
    expect(whole.body).toMatchObject({ resource: ISSUER, authorization_servers: [ISSUER] });
  });

  it('refuses a token whose rows say it was revoked, before anything is read of the message', async () => {
    const requireStanding = async () => {
      throw new ProblemError({ status: 401, code: 'token-revoked', detail: 'get a new token' });
    };
    const authenticate = async () => ({ ...(await asNamed(`Bearer ${buyer}`)), requireStanding });
    expect(await post(say('ping'), {}, mcpOf(world, { authenticate }))).toMatchObject({ status: 401 });
  });

  it('is for no page of another site', async () => {
    const listing = modern('tools/list');
    expect(await speak(listing, { origin: 'https://evil.example.com' })).toMatchObject({
      status: 403,
      body: { title: 'foreign-origin' },
    });
    expect((await speak(listing, { origin: ISSUER })).status).toBe(200);
  });

  const call = '"name":"erp__create_order","arguments":';
  it.each([
    ['a batch', JSON.stringify([say('tools/list'), say('tools/list')]), 400],
    ['no JSON-RPC', '{"method":"tools/list"}', 400],
    ['no JSON', '{', 400],
    [
      'a number JSON would round',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${call}{"total":9007199254740993}}}`,
      400,
    ],
    [
      'a number nothing holds',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${call}{"total":1e400}}}`,
      400,
    ],
    [
      'a member that reaches prototypes',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${call}{"__proto__":{}}}}`,
      400,
    ],
    ['25 levels', `{"jsonrpc":"2.0","id":1,"method":"x","params":${'['.repeat(25)}${']'.repeat(25)}}`, 400],
    ['5,001 values', `{"jsonrpc":"2.0","id":1,"method":"x","params":[${'0,'.repeat(5000)}0]}`, 400],
    ['65 KiB', JSON.stringify(say('x', { pad: 'x'.repeat(65 * 1024) })), 413],
  ])('refuses %s before anybody parses it further, on the record', async (_, body, status) => {
    const before = (await world.database.events()).filter(({ type }) => type === 'request.refused').length;
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const [event, ...more] = (await world.database.events())
      .filter(({ type }) => type === 'request.refused')
      .slice(before);
    expect([event?.agent, more]).toEqual([buyer, []]);
  });

  it('tells a fault to us and not to the client', async () => {
    const open = async () => Promise.reject(new Error('bucket releases-4711 is gone'));
    const api = mcpOf(world, { open });
    const answer = await post(
      modern('tools/list'),
      { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' },
      api,
    );
    expect(answer.body).toMatchObject({ error: { code: -32603 } });
    expect(answer.text).not.toContain('4711');
    expect(world.lines).toContainEqual([
      'error',
      'FAULT',
      expect.objectContaining({ reason: 'bucket releases-4711 is gone' }),
    ]);
  });

  it('shows a stopped agent nothing: no tools, and no action of its own', async () => {
    const acted = await world.act({});
    await switchDesk(world).stop(`agent:${buyer}`);
    const stopped = 'a kill switch stops';
    const list = await speak(modern('tools/list'));
    expect(list.body).toMatchObject({ error: { message: expect.stringContaining(stopped) as string } });
    expect(list.text).not.toContain('create_order');
    const named = { name: 'get_action', arguments: { action: acted.body['id'] } };
    const look = await speak(modern('tools/call', named), { 'mcp-name': 'get_action' });
    expect(look.body).toMatchObject({ result: { isError: true, structuredContent: { status: 'refused' } } });
    expect(look.text).toContain(stopped);
    expect(look.text).not.toContain('PO-1');
  });
});
