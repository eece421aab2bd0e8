import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { definitionHash, openApiDefinition } from '../../core/governance/upstream.ts';
import { createReadUpstream } from '../../functions/aws/read-upstream.ts';
import { reachWith } from '../../functions/aws/egress/open-reach.ts';
import { watchUpstreams } from '../../functions/governance/watch-upstreams.ts';
import type { World } from './door.ts';

/** A place on this machine that publishes an OpenAPI document; `document` and `status` are the test's to change. */
export type Upstream = {
  document: unknown;
  status: number;
  readonly url: string;
  /** How often it was asked. */
  asked: number;
  stop(): Promise<void>;
};

export const operation = 'POST /orders';

/** An ERP's document with one operation whose body takes these fields. */
export const described = (fields: object = {}, more: object = {}) => ({
  openapi: '3.1.0',
  info: { title: 'The ERP' },
  paths: {
    '/orders': {
      post: {
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
        responses: {},
      },
    },
    ...more,
  },
  components: {
    schemas: { Order: { type: 'object', properties: { total: { type: 'string' }, ...fields } } },
  },
});

export async function startUpstream(): Promise<Upstream> {
  const upstream = { document: described() as unknown, status: 200, asked: 0 };
  const server: Server = createServer((_, response) => {
    upstream.asked += 1;
    response.writeHead(upstream.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(upstream.document));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi.json`;
  const stop = () => new Promise<void>((done) => server.close(() => done()));
  return Object.assign(upstream, { url, stop });
}

/** What a manifest pins of it as it is now. */
export function pinOf({ url, document }: Upstream, called = operation) {
  const definition = openApiDefinition(document, called);
  if (!definition) throw new Error(`there is no ${called}`);
  return { kind: 'openapi', url, operation: called, hash: definitionHash(definition) };
}

/** One look at every upstream of the release in force, by the way out that tools take. */
export function look({ deps, releases }: World) {
  const readSecret = async () => 'secret';
  const resolve = async (host: string) => [host];
  const reach = reachWith({ readSecret, resolve, loopback: true, now: deps.now });
  return watchUpstreams({
    ...deps,
    releases,
    readUpstream: createReadUpstream(reach),
    record: () => undefined,
  });
}
