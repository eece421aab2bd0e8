import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

/** A text object nobody can smuggle anything through. */
const plain = (most: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(most),
    emoji: z.literal(false),
  });

const button = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().min(1).max(255),
  text: plain(75),
  value: z.string().min(1).max(2000).optional(),
  url: z.url().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150) }),
  z.strictObject({ type: z.literal('section'), text: plain(3000) }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25) }),
]);
const written = {
  channel: z.string(),
  text: z.string().min(1).max(4000),
  blocks: z.array(block).min(1).max(45),
  parse: z.literal('none'),
  link_names: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
};
const input = z.strictObject({
  type: z.literal('input'),
  block_id: z.string().max(255),
  label: plain(2000),
  element: z.strictObject({
    type: z.literal('plain_text_input'),
    action_id: z.string().max(255),
    multiline: z.boolean(),
    max_length: z.int().min(1).max(3000),
  }),
});
const opened = z.strictObject({
  trigger_id: z.string(),
  view: z.strictObject({
    type: z.literal('modal'),
    callback_id: z.string().max(255),
    private_metadata: z.string().max(3000),
    title: plain(24),
    submit: plain(24),
    close: plain(24),
    blocks: z.array(z.union([block, input])).max(100),
  }),
});
export const slackShapes = {
  'chat.postMessage': z.strictObject(written),
  'chat.update': z.strictObject({ ...written, ts: z.string() }),
  'views.open': opened,
};
export type SlackBlock = z.infer<typeof block>;
type Written = z.infer<(typeof slackShapes)['chat.postMessage']>;

export type SlackServer = {
  readonly url: string;
  /** Messages as people see them now, by who is written to. */
  readonly messages: Map<string, Written>;
  readonly views: z.infer<typeof opened>['view'][];
  readonly whispers: string[];
  /** Methods called, in order. */
  readonly calls: string[];
  /** How the next calls fail: a status each, or how many milliseconds to keep silent. */
  readonly trouble: { readonly status?: number; readonly after?: string; readonly silentMs?: number }[];
  stop(): Promise<void>;
};

export const TOKEN = 'xoxb-of-the-app';

/** A stand-in for Slack's API over real HTTP: it checks token, shapes and limits, and keeps what it was sent. */
export async function startSlack(): Promise<SlackServer> {
  const messages: SlackServer['messages'] = new Map();
  const views: SlackServer['views'] = [];
  const whispers: string[] = [];
  const calls: string[] = [];
  const trouble: SlackServer['trouble'] = [];
  const placeOf = new Map<string, string>();

  const take = (method: string, body: unknown): object => {
    if (method === 'views.open') {
      const parsed = opened.safeParse(body);
      if (!parsed.success) return { ok: false, error: 'invalid_arguments' };
      return { ok: views.push(parsed.data.view) > 0 };
    }
    const updated = slackShapes['chat.update'].safeParse(body);
    if (method === 'chat.update') {
      const user = updated.data && placeOf.get(`${updated.data.channel} ${updated.data.ts}`);
      if (!updated.data || user === undefined) return { ok: false, error: 'message_not_found' };
      return { ok: messages.set(user, updated.data).size > 0 };
    }
    const parsed = slackShapes['chat.postMessage'].safeParse(body);
    if (method !== 'chat.postMessage' || !parsed.success) return { ok: false, error: 'invalid_blocks' };
    if (messages.has(parsed.data.channel)) return { ok: false, error: 'sent_twice' };
    const [channel, ts] = [`D${parsed.data.channel}`, `${messages.size + 1}.0001`];
    placeOf.set(`${channel} ${ts}`, parsed.data.channel);
    messages.set(parsed.data.channel, parsed.data);
    return { ok: true, channel, ts };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    const body = JSON.parse(await textOf(request)) as unknown;
    if (path === '/response') {
      whispers.push(z.object({ text: z.string(), response_type: z.literal('ephemeral') }).parse(body).text);
      return response.end('ok');
    }
    const method = path.replace('/api/', '');
    calls.push(method);
    const { status, after = '0', silentMs } = trouble.shift() ?? {};
    if (silentMs) await sleep(silentMs);
    if (status) return response.writeHead(status, { 'retry-after': after }).end();
    const known = request.headers.authorization === `Bearer ${TOKEN}`;
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(known ? take(method, body) : { ok: false, error: 'not_authed' }));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  const stop = () => {
    server.closeAllConnections();
    return new Promise<void>((closed) => server.close(() => closed()));
  };
  return { url: `http://127.0.0.1:${address.port}`, messages, views, whispers, calls, trouble, stop };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
