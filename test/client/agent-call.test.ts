import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Agent, createAgent } from '../../client/agent.ts';
import { makeAgentKeys } from '../../client/agent-keys.ts';

let server: Server | undefined;
afterEach(() => server?.close());

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An agent whose API answers its requests for actions one after another; tokens it gives always. */
async function agentOf(answers: readonly Answer[], asked: string[]): Promise<Agent> {
  const left = [...answers];
  server = createServer((request, response) => {
    request.resume();
    if (request.url === '/oauth/token') {
      response.end(JSON.stringify({ access_token: `token-${asked.length}`, expires_in: 600 }));
      return;
    }
    asked.push(
      `${request.method} ${String(request.headers['idempotency-key'])} ${request.headers.authorization}`,
    );
    left.shift()?.(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateJwk: key } = await makeAgentKeys();
  return createAgent({ endpoint, id: 'agt_buyer', key, patienceSeconds: 5 });
}

const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
const cut: Answer = (request) => request.socket.destroy();
const view = (status: string) => ({
  id: 'act_00000000',
  status,
  tool: 'erp.pay',
  requestedAt: '2026-11-27T09:00:00.000Z',
  policies: [],
});
const request = { tool: 'erp.pay', input: {}, purpose: 'Pay', idempotencyKey: 'pay-0001' };

it('a connection that breaks, an API in trouble and a request still under way are tried again under the same key', async () => {
  const asked: string[] = [];
  const inFlight = json(409, { title: 'in-flight', detail: 'wait' }, { 'retry-after': '0' });
  const held = json(202, view('held'), { 'retry-after': '0' });
  const answers = [cut, json(503, {}), inFlight, held, cut, json(200, view('succeeded'))];
  const agent = await agentOf(answers, asked);
  expect(await agent.actAndWait(request, { seconds: 10 })).toMatchObject({ kind: 'succeeded' });
  const posts = asked.filter((each) => each.startsWith('POST'));
  expect(posts).toHaveLength(4);
  expect(new Set(posts.map((each) => each.split(' ')[1]))).toEqual(new Set(['pay-0001']));
});

it('another request under the same key is a refusal, not tried again', async () => {
  const asked: string[] = [];
  const agent = await agentOf([json(422, { title: 'key-reused', detail: 'use a new key' })], asked);
  await expect(agent.actAndWait(request, { seconds: 10 })).rejects.toMatchObject({ code: 'key-reused' });
  expect(asked).toHaveLength(1);
});

it('a signal ends a request under way', async () => {
  const asked: string[] = [];
  const agent = await agentOf([() => undefined], asked);
  const signal = AbortSignal.timeout(200);
  await expect(agent.actAndWait(request, { seconds: 60, signal })).rejects.toThrow(/abort/i);
  expect(asked).toHaveLength(1);
});

it('a token that is taken no more is replaced once', async () => {
  const asked: string[] = [];
  const refused = json(401, { title: 'bad-token', detail: 'get a new one' });
  const agent = await agentOf([refused, json(200, view('succeeded'))], asked);
  expect(await agent.act(request)).toMatchObject({ status: 'succeeded' });
  expect(asked.map((each) => each.split(' ').at(-1))).toEqual(['token-0', 'token-1']);
});
