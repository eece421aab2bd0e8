import type { HttpRequest } from '../endpoint.ts';
import { ACCOUNT } from '../service.ts';

/** What a route adds to the event that its function receives. */
export type Routing = {
  readonly apiId: string;
  readonly routeKey: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly now: number;
  /** Who signed, on an `AWS_IAM` route. */
  readonly signer?: { readonly arn: string; readonly accessKeyId: string };
};

/** The Lambda proxy event of payload format 2.0. As on AWS the path arrives decoded and the query does not. */
export function proxyEvent(request: HttpRequest, routing: Routing) {
  const { cookie, ...headers } = request.headers;
  const path = decoded(request.path);
  const text = isText(headers['content-type']);
  const query = parameters(request.rawQuery);
  return {
    version: '2.0',
    routeKey: routing.routeKey,
    rawPath: path,
    rawQueryString: request.rawQuery,
    ...(cookie !== undefined && { cookies: cookie.split(/; */) }),
    headers: { ...headers, 'x-forwarded-for': request.sourceIp, 'x-forwarded-proto': 'http' },
    ...(query && { queryStringParameters: query }),
    ...(Object.keys(routing.parameters).length > 0 && { pathParameters: routing.parameters }),
    requestContext: requestContext(request, path, routing),
    ...(request.body.length > 0 && { body: request.body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !text,
  };
}

function requestContext(request: HttpRequest, path: string, routing: Routing) {
  const domainName = request.headers['host'] ?? '127.0.0.1';
  return {
    accountId: ACCOUNT,
    apiId: routing.apiId,
    ...(routing.signer && { authorizer: { iam: iamContext(routing.signer) } }),
    domainName,
    domainPrefix: domainName.split('.')[0],
    http: {
      method: request.method,
      path,
      protocol: 'HTTP/1.1',
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: routing.requestId,
    routeKey: routing.routeKey,
    stage: '$default',
    time: commonLogTime(routing.now),
    timeEpoch: routing.now,
  };
}

function iamContext({ arn, accessKeyId }: NonNullable<Routing['signer']>) {
  return {
    accessKey: accessKeyId,
    accountId: ACCOUNT,
    callerId: accessKeyId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId: accessKeyId,
  };
}

/** API Gateway hands text and JSON on as they are, everything else (forms too) in base64. */
function isText(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  return /^(text\/|application\/(json|xml|javascript)\b|application\/[^;]+\+(json|xml)\b)/i.test(contentType);
}

function parameters(rawQuery: string): Record<string, string> | undefined {
  if (rawQuery === '') return undefined;
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const earlier = joined.get(name);
    joined.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return Object.fromEntries(joined);
}

export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `23/Nov/2026:09:00:00 +0000` */
function commonLogTime(now: number): string {
  const [, day = '', month = '', year = '', time = ''] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(now).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
