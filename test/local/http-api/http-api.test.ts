import { request } from 'node:http';
import type { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSigned } from '../fixtures/call-aws.ts';
import {
  type Build,
  Duration,
  keysOf,
  resourceOf,
  startCloud,
  type TestCloud,
} from '../fixtures/start-cloud.ts';

const ROUTES: readonly [HttpMethod, string][] = [
  [HttpMethod.GET, '/echo'],
  [HttpMethod.POST, '/echo'],
  [HttpMethod.GET, '/items/{id}'],
  [HttpMethod.GET, '/items/open'],
  [HttpMethod.GET, '/items/{id}/parts/{part}'],
  [HttpMethod.GET, '/items/{rest+}'],
  [HttpMethod.ANY, '/any'],
  [HttpMethod.GET, '/throttled'],
];

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(defineApi);
}, 60_000);
afterAll(() => test.stop());

function defineApi({ stack, probe }: Build): void {
  const api = new HttpApi(stack, 'Api', { createDefaultStage: false });
  const stage = new HttpStage(stack, 'Stage', { httpApi: api, stageName: '$default', autoDeploy: true });
  const integration = new HttpLambdaIntegration('Probed', probe('Probe'));
  for (const [method, path] of ROUTES) api.addRoutes({ path, methods: [method], integration });
  const authorizer = new HttpIamAuthorizer();
  const [signed] = api.addRoutes({ path: '/signed', methods: [HttpMethod.GET], integration, authorizer });
  signed?.grantInvoke(probe('Invited'));
  probe('Stranger');
  const slow = new HttpLambdaIntegration('Slow', probe('Slow', { timeout: Duration.seconds(8) }), {
    timeout: Duration.millis(300),
  });
  api.addRoutes({ path: '/slow', methods: [HttpMethod.GET], integration: slow });
  const settings = { 'GET /throttled': { ThrottlingRateLimit: 0.1, ThrottlingBurstLimit: 2 } };
  (stage.node.defaultChild as CfnStage).addPropertyOverride('RouteSettings', settings);
}

type ProxyEvent = Readonly<Record<string, unknown>> & {
  readonly requestContext: Readonly<Record<string, unknown>>;
};

async function echoed(path: string, init?: RequestInit): Promise<ProxyEvent> {
  const response = await fetch(`${test.cloud.url}${path}`, init);
  expect(response.status).toBe(200);
  return (await response.json()) as ProxyEvent;
}

const returning = (reply: unknown) =>
  fetch(`${test.cloud.url}/echo?${new URLSearchParams({ reply: JSON.stringify(reply) }).toString()}`);

describe('the event that a function receives', () => {
  it('has the form of payload 2.0', async () => {
    const event = await echoed('/items/a%20b/parts/7?x=1&x=2&y=%C3%A9&constructor=c', {
      headers: { 'X-Some': 'Thing', 'user-agent': 'tests', cookie: 'a=1; b=2' },
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /items/{id}/parts/{part}',
      rawPath: '/items/a b/parts/7',
      rawQueryString: 'x=1&x=2&y=%C3%A9&constructor=c',
      queryStringParameters: { x: '1,2', y: 'é', constructor: 'c' },
      pathParameters: { id: 'a b', part: '7' },
      cookies: ['a=1', 'b=2'],
      headers: { 'x-some': 'Thing', 'x-forwarded-for': '127.0.0.1', host: new URL(test.cloud.url).host },
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        stage: '$default',
        routeKey: 'GET /items/{id}/parts/{part}',
        http: { method: 'GET', path: '/items/a b/parts/7', sourceIp: '127.0.0.1', userAgent: 'tests' },
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as string,
      },
    });
    expect(event).not.toHaveProperty('body');
    expect(event.requestContext).not.toHaveProperty('authorizer');
    expect(event['headers']).not.toHaveProperty('cookie');
  });

  it.each([
    ['application/json', '{"é":1}', false],
    ['application/problem+json', '{}', false],
    ['text/plain; charset=utf-8', 'é', false],
    ['application/x-www-form-urlencoded', 'a=1', true],
    ['application/octet-stream', 'bytes', true],
  ])('holds a body of %s as it should', async (type, body, base64) => {
    const event = await echoed('/echo', { method: 'POST', body, headers: { 'content-type': type } });
    expect(event['isBase64Encoded']).toBe(base64);
    expect(event['body']).toBe(base64 ? Buffer.from(body).toString('base64') : body);
  });
});

describe('a route', () => {
  it.each([
    ['GET', '/items/open', 'GET /items/open'],
    ['GET', '/items/7', 'GET /items/{id}'],
    ['GET', '/items/7/parts/1', 'GET /items/{id}/parts/{part}'],
    ['GET', '/items/7/other', 'GET /items/{rest+}'],
    ['GET', '/any', 'ANY /any'],
    ['DELETE', '/any', 'ANY /any'],
  ])('%s %s is taken by %s', async (method, path, key) => {
    expect(await echoed(path, { method })).toMatchObject({ routeKey: key });
  });

  it.each([
    ['GET', '/'],
    ['GET', '/nowhere'],
    ['GET', '/echo/'],
    ['GET', '/ECHO'],
    ['DELETE', '/echo'],
    ['GET', '/items/'],
  ])('that is not there is a 404: %s %s', async (method, path) => {
    const response = await fetch(`${test.cloud.url}${path}`, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Not Found' });
  });

  it('answers 429 beyond its burst', async () => {
    const asked = Array.from({ length: 4 }, () => fetch(`${test.cloud.url}/throttled`));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 200, 429, 429]);
  });

  it('waits no longer than its integration', async () => {
    const response = await fetch(`${test.cloud.url}/slow?reply=hang`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ message: 'Service Unavailable' });
  });

  it('refuses more than ten megabytes with 413', async () => {
    expect(await postBytes(10 * 1024 * 1024 + 1)).toBe(413);
  });
});

describe('a route that wants a signature', () => {
  const path = '/signed';
  const get = { method: 'GET', path, service: 'execute-api' };

  it('refuses a caller who has not signed', async () => {
    const response = await fetch(`${test.cloud.url}${path}`);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ message: 'Forbidden' });
  });

  it.each([
    ['with another secret', { accessKeyId: 'same', secretAccessKey: 'x'.repeat(40) }],
    ['with an unknown key', { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x'.repeat(40) }],
  ])('refuses a caller who has signed %s', async (_, { accessKeyId, secretAccessKey }) => {
    const known = accessKeyId === 'same' ? test.cloud.administrator.accessKeyId : accessKeyId;
    const credentials = { accessKeyId: known, secretAccessKey };
    expect((await sendSigned(test.cloud, { ...get, credentials })).status).toBe(403);
  });

  it('tells the function who has signed', async () => {
    const event = (await (await sendSigned(test.cloud, get)).json()) as ProxyEvent;
    const { accessKeyId } = test.cloud.administrator;
    expect(event.requestContext['authorizer']).toMatchObject({
      iam: { userArn: 'arn:aws:iam::000000000000:user/administrator', accessKey: accessKeyId },
    });
  });

  it('lets in a role that may invoke it, and no other', async () => {
    const invited = await sendSigned(test.cloud, { ...get, credentials: await keysOf(test, 'Invited') });
    const role = resourceOf(test.cloud, 'InvitedServiceRole').arn.split('/').at(-1) ?? '';
    expect(((await invited.json()) as ProxyEvent).requestContext).toMatchObject({
      authorizer: { iam: { userArn: expect.stringContaining(`:assumed-role/${role}/`) as string } },
    });
    const stranger = await sendSigned(test.cloud, { ...get, credentials: await keysOf(test, 'Stranger') });
    expect(stranger.status).toBe(403);
  });
});

describe('what a function returns', () => {
  it.each<[string, unknown, number, string, string]>([
    ['text', 'hello', 200, 'hello', 'application/json'],
    ['an object', { a: 1 }, 200, '{"a":1}', 'application/json'],
    ['nothing', null, 200, 'null', 'application/json'],
    ['a status alone', { statusCode: 204 }, 204, '', 'text/plain;charset=UTF-8'],
    ['a status as text', { statusCode: '404', body: 'no' }, 404, 'no', 'text/plain;charset=UTF-8'],
    [
      'bytes in base64',
      { statusCode: 200, body: 'aGk=', isBase64Encoded: true, headers: { 'Content-Type': 'image/png' } },
      200,
      'hi',
      'image/png',
    ],
    [
      'a body that is no text',
      { statusCode: 200, body: { a: 1 } },
      500,
      '{"message":"Internal Server Error"}',
      'application/json',
    ],
    ['no status', { statusCode: 'x' }, 500, '{"message":"Internal Server Error"}', 'application/json'],
  ])('as %s becomes the answer', async (_, reply, status, body, type) => {
    const response = await returning(reply);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(body);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('apigw-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('may set cookies', async () => {
    const response = await returning({ statusCode: 200, cookies: ['a=1', 'b=2; Secure'] });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Secure']);
  });

  it('by throwing becomes a 500 that tells nothing', async () => {
    const response = await fetch(`${test.cloud.url}/echo?reply=throw`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
  });
});

/** Posts so many bytes; `fetch` would fail on an answer that comes before the whole body was sent. */
function postBytes(size: number): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const sent = request(`${test.cloud.url}/echo`, { method: 'POST' }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  sent.on('error', reject);
  sent.end(Buffer.alloc(size));
  return promise;
}
