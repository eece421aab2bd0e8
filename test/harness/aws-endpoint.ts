import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** One call as it came over the wire: the operation's name (or method and path) and its body. */
export type WireCall = { readonly operation: string; readonly body: string };

/** What the test lets AWS answer; `error` is the exception's name. */
export type WireReply = {
  readonly status?: number;
  readonly error?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type AwsEndpoint = {
  readonly calls: WireCall[];
  answer: (call: WireCall) => WireReply | Promise<WireReply>;
  /** Settings for an SDK client that talks to this endpoint; it tries once. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
    readonly forcePathStyle: boolean;
  };
  stop(): Promise<void>;
};

/** An HTTP server in AWS's place, for the real SDK clients: what is sent is seen, what comes back is the test's. */
export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  const calls: WireCall[] = [];
  const endpoint = { answer: (): WireReply | Promise<WireReply> => ({ body: {} }) } as Pick<
    AwsEndpoint,
    'answer'
  >;
  const server = createServer((request, response) => {
    void (async () => {
      const [target] = [request.headers['x-amz-target']].flat();
      const operation = target?.replace(/^.*\./, '') ?? `${request.method} ${request.url}`;
      const call = { operation, body: await text(request) };
      calls.push(call);
      const { status, error, headers, body } = await endpoint.answer(call);
      response.writeHead(status ?? (error ? 400 : 200), {
        'content-type': 'application/json',
        ...(error && { 'x-amzn-errortype': error }),
        ...headers,
      });
      const answered = error ? { __type: error, message: error } : body;
      response.end(typeof answered === 'string' ? answered : JSON.stringify(answered ?? {}));
    })();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const client = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    forcePathStyle: true,
  };
  return Object.assign(endpoint, {
    calls,
    client,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}
