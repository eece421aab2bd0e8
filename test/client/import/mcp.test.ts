import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../client/import/check-proposals.ts';
import { listMcpTools, type PostMessage } from '../../../client/import/list-mcp-tools.ts';
import { importMcp } from '../../../client/import/mcp.ts';

const naming = { system: 'crm', prefix: 'crm', url: 'https://crm.example.com/mcp', path: '/mcp' };
const input = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
const listed = (fields: object = {}) => ({ name: 'find', inputSchema: input, ...fields });
const importAll = (...tools: unknown[]) => checkProposals(importMcp(tools, naming), 'crm');
const toolOf = (fields: object) => importAll(listed(fields)).proposals[0]?.tool;

describe('a tool an MCP server lists', () => {
  it('becomes a tool of the system, with what is pinned', () => {
    expect(toolOf({ title: 'Find', description: 'Finds a customer' })).toEqual({
      kind: 'Tool',
      name: 'crm.find',
      title: 'Find',
      description: 'Finds a customer',
      system: 'crm',
      effect: 'at-most-once',
      groups: ['write'],
      connector: { type: 'mcp', path: '/mcp', tool: 'find' },
      input,
      upstream: {
        kind: 'mcp',
        url: 'https://crm.example.com/mcp',
        operation: 'find',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    });
  });

  it.each([
    [{}, 'at-most-once', ['write']],
    [{ readOnlyHint: true }, 'read', ['read']],
    [{ readOnlyHint: true, destructiveHint: true }, 'read', ['read']],
    [{ destructiveHint: true }, 'at-most-once', ['write', 'destructive']],
    [{ idempotentHint: true }, 'keyed', ['write']],
    [{ readOnlyHint: false }, 'at-most-once', ['write']],
  ])(
    'is proposed what the server hints, and a comment says that nobody checked it: %j',
    (annotations, effect, groups) => {
      const [proposal] = importAll(listed({ annotations })).proposals;
      expect(proposal?.tool).toMatchObject({ effect, groups });
      const hinted = Object.keys(annotations).length > 0;
      expect(proposal?.notes.join().includes('nobody checked')).toBe(hinted);
    },
  );

  it('is pinned by all it says of what it does, and by nothing of how it is drawn', () => {
    const hash = (fields: object) => toolOf(fields)?.upstream?.hash;
    expect(hash({ _meta: { seen: 1 }, icons: [] })).toBe(hash({}));
    for (const fields of [
      { description: 'Other' },
      { title: 'Other' },
      { annotations: { readOnlyHint: true } },
      { inputSchema: { type: 'object', properties: {} } },
    ])
      expect(hash(fields)).not.toBe(hash({}));
  });

  it.each([
    [
      'its input is a list',
      listed({ inputSchema: { type: 'array' } }),
      'must be an object with named properties',
    ],
    [
      'its input is open',
      listed({ inputSchema: { type: 'object', additionalProperties: true } }),
      'is an open object',
    ],
    ['it has no input', { name: 'find' }, 'inputSchema'],
    ['its name has no letters', listed({ name: '///' }), 'its name has no letters'],
  ])('is refused by name when %s, and the rest imported', (_, tool, reason) => {
    const { proposals, refused } = importAll(tool, listed({ name: 'other' }));
    expect(refused).toMatchObject([{ operation: tool.name }]);
    expect(refused[0]?.reason).toContain(reason);
    expect(proposals.map(({ operation }) => operation)).toEqual(['other']);
  });

  it('brings no character that steers a terminal or leaves its line', () => {
    const tool = toolOf({ title: 'A\u001b[2J\nB', description: 'C\u0000\u202eD' });
    expect([tool?.title, tool?.description]).toEqual(['A[2J', 'CD']);
  });
});

type Message = {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly cursor?: string };
};

/** A server that answers by method; what it was sent is kept. */
function serverOf(
  answers: Readonly<Record<string, (message: Message) => Partial<Awaited<ReturnType<PostMessage>>>>>,
) {
  const sent: { readonly method: string; readonly headers: object }[] = [];
  const post: PostMessage = async (message, headers) => {
    const asked = message as Message;
    sent.push({ method: asked.method, headers });
    const made = answers[asked.method]?.(asked) ?? { status: 400 };
    return { status: 200, contentType: 'application/json', session: undefined, text: '', ...made };
  };
  return { sent, post };
}
const result = ({ id }: Message, value: object) => ({
  text: JSON.stringify({ jsonrpc: '2.0', id, result: value }),
});

describe('a list of tools', () => {
  it('is read page by page in the session the server opens', async () => {
    const { sent, post } = serverOf({
      initialize: (message) => ({ ...result(message, { protocolVersion: '2025-06-18' }), session: 's-1' }),
      'notifications/initialized': () => ({ status: 202 }),
      'tools/list': (message) =>
        message.params?.cursor === undefined
          ? result(message, { tools: [1], nextCursor: 'two' })
          : {
              contentType: 'text/event-stream',
              text: `event: message\ndata: ${result(message, { tools: [2] }).text}\n\n`,
            },
    });
    expect(await listMcpTools(post)).toEqual([1, 2]);
    expect(sent.map(({ method }) => method)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/list',
    ]);
    expect(sent.at(-1)?.headers).toEqual({ 'mcp-session-id': 's-1', 'mcp-protocol-version': '2025-06-18' });
  });

  it('is asked of a server that takes no greeting all the same', async () => {
    const { post, sent } = serverOf({ 'tools/list': (message) => result(message, { tools: [1] }) });
    expect(await listMcpTools(post)).toEqual([1]);
    expect(sent.at(-1)?.headers).toMatchObject({ 'mcp-protocol-version': '2026-07-28' });
  });

  const open = (message: Message) => result(message, { protocolVersion: '2025-11-25' });
  it.each([
    ['nobody is let in', { initialize: () => ({ status: 401 }) }, 'answered 401'],
    ['it fails', { initialize: () => ({ status: 503 }) }, 'answered 503'],
    [
      'it refuses',
      {
        initialize: open,
        'tools/list': ({ id }: Message) => ({ text: JSON.stringify({ id, error: { message: 'no' } }) }),
      },
      'refused: no',
    ],
    [
      'it answers nothing known',
      { initialize: open, 'tools/list': () => ({ text: '<html>' }) },
      'gave no list of tools',
    ],
    [
      'it has no end',
      {
        initialize: open,
        'tools/list': (message: Message) => result(message, { tools: [], nextCursor: 'x' }),
      },
      'more than 100 pages',
    ],
  ])('is an error with its reason when %s', async (_, answers, reason) => {
    await expect(listMcpTools(serverOf(answers).post)).rejects.toThrow(reason);
  });
});
