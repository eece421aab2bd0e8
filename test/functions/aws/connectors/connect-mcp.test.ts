import { createServer, type IncomingHttpHeaders, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import {
  createMcpHandler,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { connectMcp, listUpstreamTools } from '../../../../functions/aws/connectors/connect-mcp.ts';
import type { CallResult, Connector } from '../../../../functions/aws/connectors/connector.ts';
import { laptopReach } from '../../../harness/reach.ts';
import { someSystem, someTool } from '../../../harness/tools.ts';

type Seen = { readonly method: string; readonly headers: IncomingHttpHeaders; readonly meta: unknown };
const orders: { readonly input: unknown; readonly meta: unknown }[] = [];
let posts: Seen[] = [];
const servers: HttpServer[] = [];
afterEach(() => {
  orders.length = 0;
  posts = [];
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A shop as its owner would write it with the official SDK. */
function shop(): McpServer {
  const server = new McpServer({ name: 'shop', version: '1.0.0' });
  const input = z.object({ vendor: z.string(), total: z.string() });
  server.registerTool(
    'place_order',
    { description: 'Places an order', inputSchema: input, outputSchema: z.object({ order: z.string() }) },
    async (given, context) => {
      orders.push({ input: given, meta: (context as { mcpReq?: { _meta?: unknown } }).mcpReq?._meta });
      if (given.vendor === 'Nobody')
        return { content: [{ type: 'text', text: 'no such vendor' }], isError: true };
      return {
        content: [{ type: 'text', text: 'done' }],
        structuredContent: { order: `PO-${orders.length}` },
      };
    },
  );
  server.registerTool('say', { inputSchema: z.object({}) }, async () => ({
    content: [{ type: 'text', text: 'hello' }],
  }));
  return server;
}

type Handle = (request: Request) => Promise<Response>;

async function serve(handle: Handle): Promise<string> {
  const noting: Handle = async (request) => {
    const body = (await request
      .clone()
      .json()
      .catch(() => ({}))) as { method?: string; params?: { _meta?: unknown } };
    posts.push({
      method: body.method ?? '',
      headers: Object.fromEntries(request.headers),
      meta: body.params?._meta,
    });
    return handle(request);
  };
  return listening(createAdaptorServer({ fetch: noting }) as HttpServer);
}

async function listening(server: HttpServer): Promise<string> {
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const modern = () => {
  const handler = createMcpHandler(shop, { legacy: 'reject' });
  return serve((request) => handler.fetch(request));
};

/** A server of the earlier era that keeps sessions, and knows nothing of the new one. */
function legacy() {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  const handle: Handle = async (request) => {
    const id = request.headers.get('mcp-session-id');
    const known = id === null ? undefined : sessions.get(id);
    if (known) return known.handleRequest(request);
    if (id !== null)
      return Response.json(
        { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } },
        { status: 404 },
      );
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (session: string) => void sessions.set(session, transport),
    });
    await shop().connect(transport);
    return transport.handleRequest(request);
  };
  return { sessions, url: serve(handle) };
}

type Ask = {
  readonly tool?: string;
  readonly input?: Record<string, unknown>;
  readonly effect?: 'read' | 'keyed' | 'at-most-once';
  readonly ms?: number;
};
const order = { vendor: 'Northwind', total: '5.00' };

async function call(
  baseUrl: string,
  { tool = 'place_order', input = order, effect = 'keyed', ms = 3000 }: Ask = {},
  connect: Connector = connectMcp(laptopReach()),
): Promise<CallResult> {
  return connect({
    tool: someTool({ effect, connector: { type: 'mcp', path: '/mcp', tool } }),
    system: someSystem({ baseUrl }),
    input,
    idempotencyKey: 'act_00000001',
    timeoutMs: ms,
  });
}
const asked = () => posts.map(({ method }) => method);

describe('a tool of an MCP server of today', () => {
  it('is called with the input, the action’s key and the headers of its era', async () => {
    const url = await modern();
    expect(await call(url)).toEqual({ status: 'succeeded', output: { order: 'PO-1' } });
    expect(orders[0]?.input).toEqual(order);
    const post = posts.find(({ method }) => method === 'tools/call');
    expect(post?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'place_order',
      'idempotency-key': 'act_00000001',
    });
    expect(post?.meta).toMatchObject({ 'autonomy-os/idempotency-key': 'act_00000001' });
  });

  it('is asked what it speaks once, and called without asking from then on', async () => {
    const url = await modern();
    const connect = connectMcp(laptopReach());
    await call(url, {}, connect);
    await call(url, {}, connect);
    expect(asked()).toEqual(['server/discover', 'tools/call', 'tools/call']);
  });

  it('gives its content where it gives nothing structured', async () => {
    expect(await call(await modern(), { tool: 'say', input: {} })).toEqual({
      status: 'succeeded',
      output: [{ type: 'text', text: 'hello' }],
    });
  });
});

describe('a tool of an MCP server with sessions', () => {
  it('is called within one, opened as its era wants it', async () => {
    const { url } = legacy();
    expect(await call(await url)).toEqual({ status: 'succeeded', output: { order: 'PO-1' } });
    expect(asked()).toEqual(['server/discover', 'initialize', 'notifications/initialized', 'tools/call']);
    const post = posts.at(-1);
    expect(post?.headers['mcp-protocol-version']).toBe('2025-11-25');
    expect(post?.headers['idempotency-key']).toBe('act_00000001');
    expect(post?.meta).toEqual({ 'autonomy-os/idempotency-key': 'act_00000001' });
  });

  it('is called in the same session again, and in a new one when the server forgot it', async () => {
    const { url, sessions } = legacy();
    const connect = connectMcp(laptopReach());
    const place = await url;
    await call(place, {}, connect);
    await call(place, {}, connect);
    expect(asked().filter((method) => method === 'initialize')).toHaveLength(1);
    sessions.clear();
    expect(await call(place, {}, connect)).toMatchObject({ status: 'succeeded', output: { order: 'PO-3' } });
    expect(orders).toHaveLength(3);
  });
});

describe('what became of a call', () => {
  it.each(['modern', 'legacy'])('is a clear no when the tool itself says so: %s', async (era) => {
    const url = era === 'modern' ? await modern() : await legacy().url;
    expect(await call(url, { input: { ...order, vendor: 'Nobody' } })).toEqual({
      status: 'failed',
      code: 'refused-by-system',
      detail: 'the tool failed: no such vendor',
    });
  });

  it.each(['modern', 'legacy'])('is a clear no when there is no such tool: %s', async (era) => {
    const url = era === 'modern' ? await modern() : await legacy().url;
    expect(await call(url, { tool: 'fly' })).toMatchObject({ status: 'failed', code: 'refused-by-system' });
  });

  const scripted = (
    answers: Record<string, (id: number, request: Request) => Response | Promise<Response>>,
  ) =>
    serve(async (request) => {
      const { method, id } = (await request.clone().json()) as { method: string; id: number };
      const answer = answers[method];
      return answer
        ? answer(id, request)
        : Response.json({ jsonrpc: '2.0', id, error: { code: -32601, message: 'none' } }, { status: 404 });
    });
  const discover = (id: number) =>
    Response.json({
      jsonrpc: '2.0',
      id,
      result: { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {} },
    });
  const never = () => new Promise<Response>(() => undefined);
  const result = (id: number, more: object) => Response.json({ jsonrpc: '2.0', id, result: more });

  it.each<[string, (id: number) => Response | Promise<Response>, object]>([
    ['no answer', never, { status: 'unknown', code: 'unreachable', retry: true }],
    [
      'a 500',
      () => new Response('', { status: 500 }),
      { status: 'unknown', code: 'system-error', retry: true },
    ],
    ['a 403', () => new Response('', { status: 403 }), { status: 'failed', code: 'refused-by-system' }],
    [
      'an error of its own',
      (id) => Response.json({ jsonrpc: '2.0', id, error: { code: -32603, message: 'disk full' } }),
      { status: 'unknown', code: 'system-error', detail: 'the server answered error -32603: disk full' },
    ],
    [
      'no JSON',
      () => new Response('<html>', { headers: { 'content-type': 'application/json' } }),
      { status: 'unknown', code: 'output-unreadable' },
    ],
    [
      'another’s answer',
      (id) => result(id + 1, { content: [] }),
      { status: 'unknown', code: 'output-unreadable' },
    ],
    [
      'a question back',
      (id) => result(id, { resultType: 'input_required' }),
      { status: 'failed', code: 'refused-by-system' },
    ],
    ['a task', (id) => result(id, { resultType: 'task' }), { status: 'unknown', code: 'output-unreadable' }],
    [
      'a redirect',
      () => new Response('', { status: 307, headers: { location: 'http://169.254.169.254/' } }),
      { status: 'failed' },
    ],
  ])('is told by %s', async (_, answer, outcome) => {
    const url = await scripted({ 'server/discover': discover, 'tools/call': answer });
    expect(await call(url, { ms: 300 })).toMatchObject(outcome);
  });

  it('is clear when the server can’t even be asked what it speaks: nothing was called', async () => {
    const url = await scripted({ 'server/discover': () => new Response('', { status: 503 }) });
    expect(await call(url)).toMatchObject({ status: 'failed', sent: false, retry: true });
    const silent = await scripted({ 'server/discover': never });
    expect(await call(silent, { ms: 200 })).toMatchObject({ status: 'failed', sent: false, retry: true });
    expect(asked()).not.toContain('tools/call');
  });

  it('is heard though the stream stays open, notes on progress before it', async () => {
    const url = await listening(
      createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          const { method, id } = JSON.parse(body) as { method: string; id: number };
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          const events = [
            ': hello\n\n',
            'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/progress","params":{}}\n\n',
            method === 'server/discover'
              ? `data: {"jsonrpc":"2.0","id":${id},\ndata: "result":{"supportedVersions":["2026-07-28"]}}\n\n`
              : `data: {"jsonrpc":"2.0","id":${id},"result":{"structuredContent":{"a":1},"content":[]}}\r\n\r\n`,
          ];
          for (const event of events) response.write(event);
        });
      }),
    );
    expect(await call(url)).toEqual({ status: 'succeeded', output: { a: 1 } });
  });

  it('never holds the secret of the system', async () => {
    const url = await scripted({
      'server/discover': discover,
      'tools/call': (id, request) =>
        result(id, { content: [{ type: 'text', text: `you are ${request.headers.get('authorization')}` }] }),
    });
    const connect = connectMcp(laptopReach(async () => 'hunter2-hunter2'));
    const tool = someTool({ connector: { type: 'mcp', path: '/mcp', tool: 'x' } });
    const system = someSystem({ baseUrl: url, auth: { type: 'bearer', secret: 's' } });
    const outcome = await connect({
      tool,
      system,
      input: {},
      idempotencyKey: 'act_00000001',
      timeoutMs: 2000,
    });
    expect(JSON.stringify(outcome)).toContain('you are Bearer [secret]');
  });

  it('mirrors what the server wants to see in headers', async () => {
    const url = await scripted({
      'server/discover': discover,
      'tools/call': (id) => result(id, { content: [] }),
    });
    const input = {
      type: 'object',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        deep: { type: 'object', properties: { n: { type: 'integer', 'x-mcp-header': 'N' } } },
      },
    };
    const tool = someTool({ input, connector: { type: 'mcp', path: '/mcp', tool: 'größe' } });
    await connectMcp(laptopReach())({
      tool,
      system: someSystem({ baseUrl: url }),
      input: { region: 'Zürich', deep: { n: 7 } },
      idempotencyKey: 'act_00000001',
      timeoutMs: 2000,
    });
    expect(posts.at(-1)?.headers).toMatchObject({
      'mcp-param-region': `=?base64?${Buffer.from('Zürich').toString('base64')}?=`,
      'mcp-param-n': '7',
      'mcp-name': `=?base64?${Buffer.from('größe').toString('base64')}?=`,
    });
  });
});

describe('the tools of an MCP server', () => {
  it.each(['modern', 'legacy'])('are listed with their schemas: %s', async (era) => {
    const baseUrl = era === 'modern' ? await modern() : await legacy().url;
    const signal = AbortSignal.timeout(3000);
    const told = await listUpstreamTools(laptopReach(), someSystem({ baseUrl }), { path: '/mcp' }, signal);
    expect(told).toMatchObject({
      tools: [
        {
          name: 'place_order',
          description: 'Places an order',
          inputSchema: { required: ['vendor', 'total'] },
          outputSchema: { type: 'object' },
        },
        { name: 'say' },
      ],
    });
  });

  it('that can’t be had are a problem with a name', async () => {
    const told = await listUpstreamTools(
      laptopReach(),
      someSystem({ baseUrl: 'http://127.0.0.1:1' }),
      { path: '/mcp' },
      AbortSignal.timeout(1000),
    );
    expect(told).toEqual({ problem: 'erp could not be reached, so nothing was sent: ECONNREFUSED' });
  });
});
