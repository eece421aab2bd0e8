import * as z from 'zod';
import {
  headers as headerSchemas,
  headersOf,
  type Json,
  refusal,
  responses,
  security,
  securitySchemes,
  usualRefusals,
} from './openapi-shared.ts';
import type { Answer, ApiPart, Operation } from './operation.ts';
import { gatewayRefusal, problem } from './problem.ts';

/**
 * The parts as one OpenAPI 3.1 document. Throws when two parts mean different schemas by one name, or an operation
 * names a schema its part lacks.
 */
export function describeApi(parts: readonly ApiPart[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const part of parts) {
    for (const operation of part.operations) {
      const at = (paths[operation.path] ??= {});
      at[operation.method.toLowerCase()] = describeOperation(operation, part);
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Autonomy OS',
      version,
      summary,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document is' }],
    tags: parts.map(({ tag, says }) => ({ name: tag, description: says })),
    paths,
    components: { schemas: schemasOf(parts), responses, headers: headerSchemas, securitySchemes },
  };
}

const summary =
  'Every action of every agent goes through one door: identity, policy, approval, execution, audit';

function schemasOf(parts: readonly ApiPart[]): Json {
  const registry = z.registry<{ id: string }>();
  const named = new Map<string, z.ZodType>();
  const shared = { Problem: problem, GatewayRefusal: gatewayRefusal };
  const all = [shared, ...parts.map(({ schemas }) => schemas)].flatMap((each) => Object.entries(each));
  for (const [id, schema] of all) {
    const known = named.get(id);
    if (known && known !== schema) throw new Error(`two schemas are called ${id}`);
    if (!known) registry.add(schema, { id });
    named.set(id, schema);
  }
  const { schemas } = z.toJSONSchema(registry, { ...reading, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema] as const),
  );
}

function describeOperation(operation: Operation, part: ApiPart): Json {
  const { id, says, caller, path, query, keyed, body, mediaType, answers } = operation;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter('path', name ?? '', { type: 'string' })),
    ...queryParameters(query),
    ...(keyed ? [idempotencyKey] : []),
  ];
  const responses = Object.entries(answers).map(
    ([status, answer]) => [status, response(answer, part)] as const,
  );
  const refusals = Object.entries(operation.refuses ?? {}).map(
    ([status, says]) => [status, refusal(Number(status), says, operation.caller)] as const,
  );
  return {
    operationId: id,
    tags: [part.tag],
    description: says,
    security: security[caller],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: content(body, part, mediaType) } }),
    responses: Object.fromEntries([...usualRefusals(operation), ...refusals, ...responses]),
  };
}

function content(name: string, { schemas, tag }: ApiPart, mediaType = 'application/json'): Json {
  if (name !== 'Problem' && !schemas[name]) throw new Error(`${tag} has no schema ${name}`);
  return { [mediaType]: { schema: { $ref: `#/components/schemas/${name}` } } };
}

const response = ({ says, body, mediaType, also, headers = [] }: Answer, part: ApiPart): Json => ({
  description: says,
  ...(headers.length > 0 && {
    headers: headersOf(headers),
  }),
  ...(body !== undefined && { content: { ...content(body, part, mediaType), ...(also && { [also]: {} }) } }),
});

/** Bodies as they are sent, without the limits that every number and every key has. */
const reading = {
  io: 'input',
  override: ({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (JSON.stringify(jsonSchema.propertyNames) === '{"type":"string"}') delete jsonSchema.propertyNames;
  },
} as const;

function queryParameters(query: z.ZodObject | undefined): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, reading);
  return Object.entries(properties).map(([name, schema]) => ({
    ...parameter('query', name, schema as Json),
    required: required.includes(name),
  }));
}

const parameter = (where: 'path' | 'query' | 'header', name: string, schema: Json): Json => ({
  name,
  in: where,
  required: true,
  schema,
});

const idempotencyKey: Json = {
  ...parameter('header', 'Idempotency-Key', { type: 'string', pattern: '^[\\x21-\\x7e]{8,128}$' }),
  description: 'Yours to choose. The same key and request are the same thing, however often they are sent.',
};
