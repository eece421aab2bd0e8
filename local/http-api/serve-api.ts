import { randomUUID } from 'node:crypto';
import type { HttpReply, HttpRequest } from '../endpoint.ts';
import { ACCOUNT, AwsError, type Caller, type InvokeFunction, type Permission, REGION } from '../service.ts';
import type { Api, Route } from './api.ts';
import { decoded, proxyEvent, type Routing } from './proxy-event.ts';
import { messageReply, proxyReply } from './proxy-reply.ts';
import { createThrottle } from './throttle.ts';

type Options = {
  readonly api: Api;
  readonly invoke: InvokeFunction;
  /** Verifies the signature; throws `AwsError` when it is absent or wrong. */
  readonly identify: (request: HttpRequest) => Caller;
  readonly authorize: (caller: Caller, permission: Permission) => void;
  readonly now: () => number;
};

/** Answers requests as API Gateway's HTTP API does: routes, checks signatures, invokes, and shapes the answer. */
export function serveApi(options: Options): (request: HttpRequest) => Promise<HttpReply> {
  const admits = createThrottle(options.api.throttleOf);
  return async (request) => {
    const requestId = randomUUID();
    const found = routeOf(options.api.routes, request);
    if (!found) return messageReply(404, 'Not Found');
    if (!admits(found.route.key, options.now())) return messageReply(429, 'Too Many Requests');
    const signer = found.route.signed ? signerOf(request, options) : undefined;
    if (found.route.signed && !signer) return messageReply(403, 'Forbidden');
    const event = proxyEvent(request, {
      apiId: options.api.id,
      routeKey: found.route.key,
      parameters: found.parameters,
      requestId,
      now: options.now(),
      ...(signer && { signer }),
    });
    const reply = await answerOf(found.route, event, options.invoke);
    return { ...reply, headers: { ...reply.headers, 'apigw-requestid': requestId } };
  };
}

function routeOf(routes: readonly Route[], { method, path }: HttpRequest) {
  for (const route of routes) {
    if (route.method !== 'ANY' && route.method !== method) continue;
    if (route.path === 'default') return { route, parameters: {} };
    const parameters = route.path.match(decoded(path));
    if (parameters) return { route, parameters };
  }
  return undefined;
}

function signerOf(request: HttpRequest, options: Options): Routing['signer'] | undefined {
  const resource = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${options.api.id}/$default/${request.method}${request.path}`;
  try {
    const caller = options.identify(request);
    options.authorize(caller, { action: 'execute-api:Invoke', resource });
    const [, accessKeyId = ''] = /Credential=([^/]+)/.exec(request.headers['authorization'] ?? '') ?? [];
    return { arn: sessionOf(caller), accessKeyId };
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

/** As on AWS, whoever acts as a role is seen as a session of it. */
const sessionOf = ({ kind, arn }: Caller): string =>
  kind === 'role' ? `arn:aws:sts::${ACCOUNT}:assumed-role/${arn.split('/').at(-1) ?? ''}/local` : arn;

async function answerOf(route: Route, event: unknown, invoke: InvokeFunction): Promise<HttpReply> {
  const { promise: late, resolve } = Promise.withResolvers<HttpReply>();
  const timer = setTimeout(() => resolve(messageReply(503, 'Service Unavailable')), route.limitMs);
  const answered = invoke({ as: 'aws', functionArn: route.functionArn, payload: event }).then((result) =>
    result.ok ? proxyReply(result.payload) : messageReply(500, 'Internal Server Error'),
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
