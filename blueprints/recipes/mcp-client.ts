import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createAgent } from '../../client/agent.ts';
import type { AgentKey } from '../../client/token.ts';

const { AUTONOMY_ENDPOINT: endpoint = '', AGENT_ID: id = '', AGENT_KEY_FILE: file = '' } = process.env;
const agent = createAgent({ endpoint, id, key: JSON.parse(readFileSync(file, 'utf8')) as AgentKey });

const client = new Client({ name: 'recipe', version: '1.0.0' });
const transport = new StreamableHTTPClientTransport(new URL('/mcp', endpoint), {
  authProvider: { token: () => agent.token() },
});
await client.connect(transport);

type Told = { readonly action?: string; readonly status: string; readonly retryAfterSeconds?: number };

/** Calls a tool; while people decide asks what became of it, and never calls for the same again. */
async function call(name: string, input: Record<string, unknown>, key: string) {
  const meta = { 'autonomy/purpose': 'Prepare a purchase', 'autonomy/idempotency-key': key };
  let said = await client.callTool({ name, arguments: input, _meta: meta });
  for (let told = said.structuredContent as Told; told.status === 'held' || told.status === 'started';) {
    await sleep(1000 * (told.retryAfterSeconds ?? 5));
    said = await client.callTool({ name: 'get_action', arguments: { action: told.action } });
    told = said.structuredContent as Told;
  }
  return said;
}

const { tools } = await client.listTools();
console.log(JSON.stringify({ tools: tools.map(({ name }) => name) }));
const quotes = { category: 'office', vendor: 'Contoso Paper', price: '6.20', currency: 'USD' };
for (const [name, input] of [
  ['erp__get_quotes', quotes],
  ['erp__get_budget', { unit: 'facilities' }],
  ['erp__pay_everyone', {}],
] as const) {
  const { isError, structuredContent } = await call(name, input, `mcp-client.${name}`);
  const { status, output, problem } = structuredContent as Told & { output?: unknown; problem?: unknown };
  console.log(JSON.stringify({ tool: name, isError: isError === true, status, output: output ?? problem }));
}
await client.close();
