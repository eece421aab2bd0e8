import * as z from 'zod';

/** One message to an MCP server by streamable HTTP, and what came back. */
export type PostMessage = (
  message: object,
  headers: Readonly<Record<string, string>>,
) => Promise<{
  readonly status: number;
  readonly contentType: string;
  readonly session: string | undefined;
  readonly text: string;
}>;

const reply = z.looseObject({
  id: z.number().optional(),
  result: z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() }),
});
const failure = z.looseObject({ error: z.looseObject({ message: z.string() }) });
const greeting = z.looseObject({ result: z.looseObject({ protocolVersion: z.string() }) });

/** Most pages of a list that are read. */
const PAGES = 100;
const OLDER = '2025-11-25';
const NEWER = '2026-07-28';
const clientInfo = { name: 'autonomy-os', version: '1' };

/**
 * Every tool an MCP server lists, over whatever `post` reaches. Servers of the older protocol are greeted first, those
 * of the newer take no greeting. Throws with the reason in one line.
 */
export async function listMcpTools(post: PostMessage): Promise<readonly unknown[]> {
  const headers = await greet(post);
  const meta = {
    'io.modelcontextprotocol/protocolVersion': NEWER,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const newer = headers['mcp-protocol-version'] === NEWER;
  const tools: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const params = { ...(cursor !== undefined && { cursor }), ...(newer && { _meta: meta }) };
    const { result } = read(await post(request(page + 2, 'tools/list', params), headers), page + 2, reply);
    tools.push(...result.tools);
    cursor = result.nextCursor;
    if (cursor === undefined) return tools;
  }
  throw new Error(`lists its tools on more than ${PAGES} pages`);
}

const request = (id: number, method: string, params: object) => ({ jsonrpc: '2.0', id, method, params });

/** The headers every later message carries. */
async function greet(post: PostMessage): Promise<Record<string, string>> {
  const params = { protocolVersion: OLDER, capabilities: {}, clientInfo };
  const answer = await post(request(1, 'initialize', params), {});
  if (answer.status === 401 || answer.status === 403 || answer.status >= 500)
    throw statusError(answer.status);
  const greeted = answer.status < 300 ? greeting.safeParse(messageIn(answer, 1)).data : undefined;
  if (!greeted) return { 'mcp-protocol-version': NEWER, 'mcp-method': 'tools/list' };
  const headers = {
    'mcp-protocol-version': greeted.result.protocolVersion,
    ...(answer.session !== undefined && { 'mcp-session-id': answer.session }),
  };
  await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  return headers;
}

type Answer = Awaited<ReturnType<PostMessage>>;

function read<S extends z.ZodType>(answer: Answer, id: number, schema: S): z.output<S> {
  if (answer.status >= 300) throw statusError(answer.status);
  const message = messageIn(answer, id);
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const said = failure.safeParse(message).data?.error.message;
  throw new Error(said === undefined ? 'gave no list of tools' : `refused: ${said.slice(0, 200)}`);
}

const statusError = (status: number) => new Error(`answered ${status}`);

/** The answer to one request: the whole body, or the event of a stream that carries it. */
function messageIn({ contentType, text }: Answer, id: number): unknown {
  const bodies = contentType.includes('text/event-stream') ? eventsOf(text) : [text];
  const messages = bodies.map(parse);
  return messages.find((message) => z.looseObject({ id: z.literal(id) }).safeParse(message).success);
}

const eventsOf = (text: string) =>
  text
    .split(/\r?\n\r?\n/)
    .map((event) =>
      [...event.matchAll(/^data: ?(.*)$/gm)].map(([, data = '']) => data.replace(/\r$/, '')).join('\n'),
    );

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
