import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { runCli } from '../../../client/cli/run-cli.ts';
import { readGovernance } from '../../../client/governance-files.ts';
import { toolManifest } from '../../../core/governance/tool.ts';
import { definitionHash, openApiDefinition } from '../../../core/governance/upstream.ts';

const document = {
  openapi: '3.0.3',
  info: { title: 'The ERP\u001b[2J', version: '1' },
  servers: [{ url: 'https://erp.example.com/v2' }],
  paths: {
    '/orders': {
      get: { operationId: 'listOrders', summary: 'List orders\n# injected: true', responses: {} },
      post: { operationId: 'createOrder', description: 'For ${COMPANY}\n---\nkind: System', responses: {} },
    },
    '/files': {
      post: { operationId: 'upload', requestBody: { content: { 'image/png': {} } }, responses: {} },
    },
  },
};

let directory: string;
let address: string;
const asked: { authorization: string | undefined; url: string | undefined }[] = [];
const server = createServer((request, response) => {
  asked.push({ authorization: request.headers.authorization, url: request.url });
  if (request.url === '/moved') response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
  else if (request.url === '/gone') response.writeHead(404).end();
  else response.end(request.url === '/broken' ? '{"openapi": ' : JSON.stringify(document));
});
function shop() {
  const made = new McpServer({ name: 'shop', version: '1.0.0' });
  const inputSchema = z.object({ vendor: z.string() });
  const annotations = { readOnlyHint: true };
  made.registerTool('find', { description: 'Finds', inputSchema, annotations }, async () => ({
    content: [],
  }));
  return made;
}
/** Servers of both eras of the protocol; the second takes no greeting. */
const handlers = [createMcpHandler(shop), createMcpHandler(shop, { legacy: 'reject' })];
const mcps = handlers.map((handler) => createAdaptorServer({ fetch: (request) => handler.fetch(request) }));
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'autonomy-import-'));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  for (const mcp of mcps) await new Promise<void>((ready) => mcp.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await Promise.all([server, ...mcps].map((each) => new Promise((done) => each.close(done))));
});
beforeEach(() => {
  asked.length = 0;
});

async function cli(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    env: { TOKEN: 'letmein' },
    print: (line: string) => out.push(line),
    complain: (line: string) => err.push(line),
  };
  const code = await runCli(['tools', 'import', ...args], terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}
const erp = ['--system', 'erp'];

describe('autonomy tools import openapi', () => {
  it('writes one file of manifests that reads as it was described, and says what comes next', async () => {
    const out = join(directory, 'governance');
    const { code, err } = await cli(
      'openapi',
      `${address}/openapi.json`,
      ...erp,
      '--unit',
      'operations',
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(err).toMatch(
      /… 3 operations\nrefused: POST \/files: takes image\/png.*\n2 tools in .*, 1 refused/s,
    );
    expect(err).toMatch(/unreviewed until the centre confirms each.*Next: autonomy plan/s);
    const read = readGovernance(out, {}).manifests.map(({ document: each, layer }) => ({
      layer,
      ...toolManifest.parse(each),
    }));
    const hash = definitionHash(openApiDefinition(document, 'POST /orders') ?? {});
    expect(read).toMatchObject([
      { layer: 'operations', name: 'erp.listOrders', title: 'List orders' },
      { name: 'erp.createOrder', description: 'For ${COMPANY}\n---\nkind: System', upstream: { hash } },
    ]);
    const text = readFileSync(join(out, 'units/operations/erp-tools.yaml'), 'utf8');
    expect(text).toContain('the baseUrl of System erp');
    expect(text).not.toMatch(/\u001b|^injected/m);
    expect(err).not.toContain('\u001b');
  });

  it('writes over no file unless it is told to', async () => {
    const args = [
      'openapi',
      `${address}/openapi.json`,
      ...erp,
      '--unit',
      'sales',
      '--out',
      join(directory, 'twice'),
    ];
    expect((await cli(...args)).code).toBe(0);
    expect(await cli(...args)).toMatchObject({
      code: 1,
      err: expect.stringContaining('exists: compare it') as string,
    });
    expect((await cli(...args, '--overwrite')).code).toBe(0);
  });

  it('prints, as YAML or one JSON object, only what is asked for', async () => {
    const one = await cli(
      'openapi',
      `${address}/openapi.json`,
      ...erp,
      '--prefix',
      'books',
      '--only',
      'GET /orders',
    );
    expect(one.out).toContain('name: books.listOrders');
    expect(one.out).not.toContain('createOrder');
    const answer = await cli('openapi', `${address}/openapi.json`, ...erp, '--json');
    const { tools, refused } = JSON.parse(answer.out) as { tools: { name: string }[]; refused: unknown[] };
    expect([tools.map(({ name }) => name), refused.length]).toEqual([
      ['erp.listOrders', 'erp.createOrder'],
      1,
    ]);
  });

  it('reads a file too, and pins it where it is published', async () => {
    const file = join(directory, 'erp.json');
    writeFileSync(file, JSON.stringify(document));
    const unpinned = await cli('openapi', file, ...erp);
    expect(unpinned.out).toContain('Nothing is pinned');
    expect(unpinned.out).not.toContain('upstream:');
    const pinned = await cli(
      'openapi',
      file,
      ...erp,
      '--published-at',
      'https://erp.example.com/openapi.json',
    );
    expect(pinned.out).toContain('url: https://erp.example.com/openapi.json');
    expect(asked).toEqual([]);
  });

  it('signs in with a token that stands nowhere in the file', async () => {
    const { out, err } = await cli('openapi', `${address}/openapi.json`, ...erp, '--token-env', 'TOKEN');
    expect(asked).toMatchObject([{ authorization: 'Bearer letmein' }]);
    expect(out + err).not.toContain('letmein');
  });

  it.each([
    ['no answer', ['openapi', 'http://127.0.0.1:1/x'], 'http://127.0.0.1:1/x: gives no answer'],
    ['no such document', ['openapi', '/gone'], '/gone: answered 404'],
    ['half a document', ['openapi', '/broken'], '/broken: is no JSON'],
    ['a way elsewhere, which is not followed', ['openapi', '/moved'], 'points to http://169.254.169.254/'],
    ['an address that is not safe', ['openapi', 'http://erp.example.com/x'], 'must be https'],
    ['credentials in the address', ['openapi', 'https://me:secret@erp.example.com/x'], 'pass --token-env'],
    [
      'a key in the address',
      ['openapi', 'https://erp.example.com/x?api_key=letmein'],
      '(api_key): pass --token-env',
    ],
    [
      'no such token',
      ['openapi', '/openapi.json', '--token-env', 'NONE'],
      'there is no such environment variable',
    ],
    ['a folder without a unit', ['openapi', '/openapi.json', '--out', 'somewhere'], 'Pass --unit'],
    [
      'a unit that leads elsewhere',
      ['openapi', '/openapi.json', '--unit', '../coe', '--out', 'x'],
      '--unit ../coe',
    ],
    [
      'a name of the system itself',
      ['openapi', '/openapi.json', '--prefix', 'autonomy'],
      '--prefix autonomy',
    ],
    ['nothing to import', ['openapi', '/openapi.json', '--only', 'upload'], 'nothing to import: 1 refused'],
    ['no function', ['lambda', 'arn:aws:s3:::x', '--schema', 'x.json'], 'is no function’s ARN'],
  ])('ends with one reason: %s', async (_, [kind = '', source = '', ...more], reason) => {
    const from = source.startsWith('/') ? `${address}${source}` : source;
    const { code, out, err } = await cli(kind, from, ...erp, ...more);
    expect([code, out]).toEqual([1, '']);
    expect(err.replaceAll("'", '’')).toContain(reason);
    expect(err).not.toMatch(/letmein|me:secret/);
  });
});

describe('autonomy tools import mcp', () => {
  it.each([0, 1])('asks the server what it lists, in either era (%i)', async (era) => {
    const url = `http://127.0.0.1:${(mcps[era]?.address() as AddressInfo).port}/mcp`;
    const { code, out, err } = await cli('mcp', url, '--system', 'shop', '--json');
    expect([code, err]).toEqual([0, expect.stringContaining('1 tool, 0 refused')]);
    expect(JSON.parse(out)).toMatchObject({
      tools: [
        {
          name: 'shop.find',
          effect: 'read',
          connector: { type: 'mcp', path: '/mcp', tool: 'find' },
          upstream: { url },
        },
      ],
      notes: { 'shop.find': ['find', expect.stringContaining('nobody checked')] },
    });
  });
});

describe('autonomy tools import lambda', () => {
  it('makes one tool of the schema it is given', async () => {
    const schema = join(directory, 'rates.schema.json');
    writeFileSync(schema, JSON.stringify({ type: 'object', properties: { day: { type: 'string' } } }));
    const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:rates';
    const { out } = await cli('lambda', arn, '--system', 'treasury', '--schema', schema);
    expect(out).toMatch(/named autonomy-<stage>-tool-.*name: treasury\.rates.*effect: at-most-once/s);
    expect(out).toContain(`functionArn: ${arn}`);
  });
});
