import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Context } from 'hono';
import * as z from 'zod';
import type { Authenticate } from '../../http/authenticate.ts';
import { type ApiContext, createApi } from '../../http/lambda.ts';
import { answerProblem, onError, ProblemError } from '../../http/problem.ts';
import { readBody } from '../../http/read-body.ts';
import type { DoorDeps } from '../answer-request.ts';
import { loadDoorFacts } from '../door-facts.ts';
import { refuseRequest } from '../refuse-request.ts';
import { type Desk, serveAgent } from './serve-agent.ts';

export type McpDeps = DoorDeps & {
  readonly authenticate: Authenticate;
  /** The API's own address: who issues its tokens. */
  readonly issuer: string;
};

/** One message and no batch: each request is one action at most. */
const message = z.looseObject({ jsonrpc: z.literal('2.0') });

/** The door for MCP clients: streamable HTTP without sessions, so that every request proves who calls. */
export function createMcpApi(deps: McpDeps) {
  const app = createApi();
  app.onError((error, c) => onError(deps.log)(challenged(error, deps.issuer), c));
  app.post('/mcp', async (c) => {
    refuseForeignPage(c.req.header('origin'), deps.issuer);
    const caller = await deps.authenticate(c.req.header('authorization'));
    const parsedBody = await readBody(c, message).catch((error: unknown) =>
      refuseRequest(deps, caller, error),
    );
    const facts = await loadDoorFacts(deps.registry, { agent: caller.claimedAgent, caller }, deps.now());
    return speak(c, parsedBody, { deps, caller, facts, headers: new Headers() });
  });
  app.on(['GET', 'DELETE'], '/mcp', (c) => {
    const detail = 'there are no sessions and no streams here: POST each message';
    return answerProblem(c, { status: 405, code: 'method-not-allowed', detail, headers: { allow: 'POST' } });
  });
  app.get('/.well-known/oauth-protected-resource', (c) => c.json(resource(deps.issuer, '')));
  app.get('/.well-known/oauth-protected-resource/mcp', (c) => c.json(resource(deps.issuer, '/mcp')));
  return app;
}

/** One exchange in whichever era the client speaks; a stream nobody could keep open is refused. */
async function speak(c: Context<ApiContext>, parsedBody: unknown, desk: Desk): Promise<Response> {
  const handler = createMcpHandler(() => serveAgent(desk), {
    maxSubscriptions: 0,
    keepAliveMs: 0,
    onerror: ({ name }) => desk.deps.log('info', 'REFUSED', { error: name }),
  });
  const response = await handler.fetch(c.req.raw, { parsedBody });
  for (const [name, value] of desk.headers) response.headers.set(name, value);
  response.headers.set('cache-control', 'no-store');
  return response;
}

/** A browser names the page that makes it ask; agents are no pages. */
function refuseForeignPage(origin: string | undefined, issuer: string): void {
  if (origin === undefined || origin === new URL(issuer).origin) return;
  const detail = 'this is for agents, not for pages of other sites: send no Origin';
  throw new ProblemError({ status: 403, code: 'foreign-origin', detail });
}

/** Tells whoever has no good token where to learn how to get one (RFC 9728). */
function challenged(error: Error, issuer: string): Error {
  if (!(error instanceof ProblemError) || error.problem.status !== 401) return error;
  const why = error.problem.code === 'no-token' ? '' : 'error="invalid_token", ';
  const value = `Bearer ${why}resource_metadata="${issuer}/.well-known/oauth-protected-resource/mcp"`;
  return new ProblemError({ ...error.problem, headers: { 'www-authenticate': value } });
}

const resource = (issuer: string, path: string) => ({
  resource: `${issuer}${path}`,
  authorization_servers: [issuer],
  bearer_methods_supported: ['header'],
  resource_name: 'Autonomy OS',
});
