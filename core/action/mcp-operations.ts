import * as z from 'zod';
import type { ApiPart } from '../operation.ts';

const message = z.looseObject({ jsonrpc: z.literal('2.0') });
const resource = z.looseObject({ resource: z.string(), authorization_servers: z.array(z.string()) });
const metadata = { 200: { says: 'the resource’s metadata', body: 'ProtectedResource' } };

/** The same door for MCP clients. What goes through it is described by its own protocol. */
export const mcpApi: ApiPart = {
  tag: 'MCP',
  says: 'The tools of an agent for MCP clients: streamable HTTP without sessions.',
  schemas: { McpMessage: message, ProtectedResource: resource },
  operations: [
    {
      method: 'POST',
      path: '/mcp',
      id: 'mcp',
      says: 'One message of the Model Context Protocol. `tools/list` shows what this agent may use, `tools/call` is a governed action.',
      caller: 'agent',
      body: 'McpMessage',
      answers: {
        200: { says: 'the answer', body: 'McpMessage', also: 'text/event-stream' },
        202: { says: 'a notification was taken' },
      },
      refuses: { 403: 'a page of another site asks', 406: 'the client takes no JSON' },
    },
    {
      method: 'GET',
      path: '/.well-known/oauth-protected-resource',
      id: 'protectedResource',
      says: 'Who gives tokens for this API (RFC 9728).',
      caller: 'anyone',
      answers: metadata,
    },
    {
      method: 'GET',
      path: '/.well-known/oauth-protected-resource/mcp',
      id: 'protectedMcp',
      says: 'Who gives tokens for /mcp (RFC 9728).',
      caller: 'anyone',
      answers: metadata,
    },
  ],
};
