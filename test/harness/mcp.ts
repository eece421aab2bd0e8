import { Client, PrivateKeyJwtProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JWK } from 'jose';
import type { ActionView, Agent } from '../../client/agent.ts';
import { callableName } from '../../core/callable-name.ts';
import type { McpDeps } from '../../functions/action/mcp/mcp-api.ts';
import { createMcpApi } from '../../functions/action/mcp/mcp-api.ts';
import { asNamed, type World } from './door.ts';

export const eras = ['2025-11-25', '2026-07-28'] as const;
export type Era = (typeof eras)[number];

export const ISSUER = 'https://api.example.com';

/** The MCP door of a world. */
export function mcpOf({ deps }: World, more: Partial<McpDeps> = {}) {
  return createMcpApi({
    ...deps,
    issuer: ISSUER,
    authenticate: asNamed,
    ...more,
  });
}

/** Requests that end in an API of this process. */
export const fetchOf =
  (api: { request(request: Request): Response | Promise<Response> }): typeof globalThis.fetch =>
  async (input, init) =>
    api.request(new Request(input, init));

/** How the official client signs in by itself: with the agent's own key, to this API and no other. */
export const signInAs = (id: string, privateKey: JWK, endpoint: string) =>
  new PrivateKeyJwtProvider({
    clientId: id,
    privateKey: { ...privateKey },
    algorithm: 'EdDSA',
    expectedIssuer: endpoint,
  });

/** The official client, speaking this era to `endpoint`; `heard` gets every header and body it is sent. */
export async function connectMcp(
  endpoint: string,
  token: string | (() => Promise<string>) | PrivateKeyJwtProvider,
  options: { readonly era?: Era; readonly fetch?: typeof globalThis.fetch; readonly heard?: string[] } = {},
): Promise<Client> {
  const { era = '2026-07-28', fetch = globalThis.fetch, heard } = options;
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { versionNegotiation: { mode: era === '2025-11-25' ? 'legacy' : { pin: era } } },
  );
  const listening: typeof globalThis.fetch = async (input, init) => {
    const response = await fetch(input, init);
    heard?.push(JSON.stringify([...response.headers]), await response.clone().text());
    return response;
  };
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', endpoint), {
    authProvider:
      token instanceof PrivateKeyJwtProvider
        ? token
        : { token: async () => (typeof token === 'string' ? token : token()) },
    fetch: listening,
  });
  await client.connect(transport);
  return client;
}

/** Asks for actions as `Agent.act` does, over MCP. */
export const actOver =
  (client: Client): Agent['act'] =>
  async ({ tool, input, purpose, task, idempotencyKey }) => {
    const said = await client.callTool({
      name: callableName(tool),
      arguments: input,
      _meta: {
        'autonomy/purpose': purpose,
        'autonomy/idempotency-key': idempotencyKey,
        ...(task !== undefined && { 'autonomy/task': task }),
      },
    });
    const { action, ...told } = said.structuredContent as Record<string, unknown>;
    return { ...told, id: action } as unknown as ActionView;
  };
