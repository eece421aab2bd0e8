import { isRecord } from './resolve-schema.ts';
import type { Operation } from './openapi-document.ts';
import { type Field, follow } from './openapi-parameters.ts';
import { NoToolError } from './proposal.ts';
import type { Json } from './schema-types.ts';

type Convert = (schema: unknown, at: string) => Json;

/** What a request's body becomes: fields of the input, or one field that is all of it. */
export type Body = { readonly fields: ReadonlyMap<string, Field>; readonly whole?: string };

const none: Body = { fields: new Map() };

/**
 * The fields of a body that is always sent stand among the input's own, where policy sees them by name; another one is
 * a field of its own. Throws `NoToolError` for what is not JSON.
 */
export function mapBody(
  document: unknown,
  { own, method }: Operation,
  taken: ReadonlyMap<string, Field>,
  convert: Convert,
): Body {
  if (own['requestBody'] === undefined) return none;
  if (method === 'GET' || method === 'DELETE') throw new NoToolError(`${method} with a body is not sent`);
  const request = follow(document, own['requestBody']);
  const schema = jsonSchemaIn(request['content']);
  if (schema === undefined) {
    const types = Object.keys(isRecord(request['content']) ? request['content'] : {});
    throw new NoToolError(
      `takes ${types.join(', ').slice(0, 200) || 'a body it does not describe'}: only JSON is sent`,
    );
  }
  const body = convert(schema, 'body');
  const always = request['required'] === true || !Array.isArray(body['required']);
  return (always && spread(body, taken)) || wholeOf(body, request['required'] === true, taken);
}

function spread(body: Json, taken: ReadonlyMap<string, Field>): Body | undefined {
  const { type, properties, required, additionalProperties: open } = body;
  const closed = open === undefined || open === false;
  const limited = ['minProperties', 'maxProperties', 'enum', 'const', 'x-autonomy-policy'].some(
    (word) => word in body,
  );
  if (type !== 'object' || !isRecord(properties) || !closed || limited) return undefined;
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const names = new Set([...Object.keys(properties), ...needed.map(String)]);
  if ([...names].some((name) => taken.has(name))) return undefined;
  const fields = [...names].map((name) => {
    const schema = (Object.hasOwn(properties, name) ? properties[name] : {}) as Json;
    return [name, { schema, required: needed.includes(name) }] as const;
  });
  return { fields: new Map(fields) };
}

function wholeOf(schema: Json, required: boolean, taken: ReadonlyMap<string, Field>): Body {
  const whole = ['body', 'payload', 'requestBody'].find((name) => !taken.has(name));
  if (whole === undefined) throw new NoToolError('its parameters leave no name for the body');
  return { fields: new Map([[whole, { schema, required }]]), whole };
}

/** The schema of the JSON a body or answer may be. */
export function jsonSchemaIn(content: unknown): unknown {
  if (!isRecord(content)) return undefined;
  const types = Object.keys(content);
  const json =
    types.find((type) => /^application\/([\w.+-]+\+)?json\b/i.test(type)) ??
    types.find((type) => type === '*/*');
  const media = json === undefined ? undefined : content[json];
  return isRecord(media) ? (media['schema'] ?? {}) : undefined;
}
