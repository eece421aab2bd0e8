import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BootError } from './boot-error.ts';

/** One request as the cloud's single port took it. */
export type HttpRequest = {
  readonly method: string;
  /** Path without query, still percent-encoded. */
  readonly path: string;
  readonly rawQuery: string;
  /** Lower-case names; repeated headers joined by a comma, cookies by a semicolon. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sourceIp: string;
};

export type HttpReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
};

export type Endpoint = {
  readonly port: number;
  /** Answers from now on; until then callers wait. */
  serve(answer: (request: HttpRequest) => Promise<HttpReply>): void;
  stop(): Promise<void>;
};

/** Larger bodies are answered with 413 before anyone sees them. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

/** Listens on loopback alone; port 0 takes a free one. A taken port is a `BootError`. */
export async function openEndpoint(port: number): Promise<Endpoint> {
  const { promise: answered, resolve: serve } =
    Promise.withResolvers<(request: HttpRequest) => Promise<HttpReply>>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    respond(incoming, response, answered).catch((error: unknown) => {
      process.stderr.write(`${incoming.method} ${incoming.url}: ${String(error)}\n`);
      send(response, { status: 500, headers: {}, body: '{"message":"Internal Server Error"}' });
    });
  });
  return {
    port: await listen(server, port),
    serve,
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(
  incoming: IncomingMessage,
  response: ServerResponse,
  answered: Promise<(request: HttpRequest) => Promise<HttpReply>>,
): Promise<void> {
  const body = await readBody(incoming);
  if (body === undefined) {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    return send(response, { status: 413, headers, body: '{"message":"Request Entity Too Large"}' });
  }
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  const answer = await answered;
  const reply = await answer({
    method: incoming.method ?? 'GET',
    path,
    rawQuery: query.join('?'),
    headers: headersOf(incoming),
    body,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
  });
  send(response, reply);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  return size > BODY_LIMIT_BYTES ? undefined : Buffer.concat(chunks);
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const entries = Object.entries(incoming.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(name === 'cookie' ? '; ' : ','),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function send(response: ServerResponse, reply: HttpReply): void {
  if (response.headersSent) return;
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  if (!(response.req.method === 'HEAD' && response.hasHeader('content-length'))) {
    response.setHeader('content-length', Buffer.byteLength(reply.body));
  }
  response.writeHead(reply.status);
  response.end(reply.body);
}

function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE';
    const why = taken ? 'is taken; set PORT to another or end the program that holds it' : error.message;
    reject(new BootError(`port ${port} ${why}`));
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address ? address.port : port);
  });
  return promise;
}
