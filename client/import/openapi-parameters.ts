import { pointedAt } from '../../core/governance/upstream.ts';
import { isRecord } from './resolve-schema.ts';
import type { Operation } from './openapi-document.ts';
import { NoToolError } from './proposal.ts';
import type { Json } from './schema-types.ts';

export type Field = { readonly schema: Json; readonly required: boolean };

/** What an operation's parameters become: input fields by where they go, and what is left out. */
export type Parameters = {
  readonly fields: ReadonlyMap<string, Field>;
  readonly query: readonly string[];
  /** Header → field. */
  readonly headers: Readonly<Record<string, string>>;
  /** The document says that a repeated call is told by an Idempotency-Key. */
  readonly keyed: boolean;
  readonly notes: readonly string[];
};

type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly raw: Json;
};

/** These are not the caller's to say: the connector sends them, or nobody may. */
const ours = /^(accept|content-type|authorization|idempotency-key)$/i;
const nobodys =
  /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|cookie|proxy-.*|x-forwarded-.*|forwarded)$/i;
const headerName = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

/**
 * Maps path, query and header parameters. One that can't be sent is left out where it is optional; where it is required
 * the operation is refused. Throws `NoToolError`.
 */
export function mapParameters(
  document: unknown,
  operation: Operation,
  convert: (schema: unknown, at: string) => Json,
): Parameters {
  const fields = new Map<string, Field>();
  const query: string[] = [];
  const headers: Record<string, string> = {};
  const notes: string[] = [];
  const all = parametersOf(document, operation);
  for (const parameter of all) {
    const { name, required } = parameter;
    if (parameter.in === 'header' && ours.test(name)) continue;
    try {
      const field = fieldOf(parameter, convert);
      if (fields.has(name)) throw new NoToolError('another parameter is called so');
      fields.set(name, field);
      if (parameter.in === 'query') query.push(name);
      if (parameter.in === 'header') headers[name] = name;
    } catch (error) {
      if (!(error instanceof NoToolError)) throw error;
      const what = `${parameter.in} parameter ${name}: ${error.message}`;
      if (required) throw new NoToolError(what);
      notes.push(`left out: ${what}`);
    }
  }
  const keyed = all.some((each) => each.in === 'header' && /^idempotency-key$/i.test(each.name));
  return { fields, query, headers, keyed, notes };
}

/** An operation's own parameters count before those of its path. */
function parametersOf(document: unknown, { own, shared }: Operation): Parameter[] {
  const lists = [shared['parameters'], own['parameters']];
  const read = lists
    .flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []))
    .map((raw) => readParameter(document, raw));
  return [...new Map(read.map((each) => [`${each.in} ${each.name}`, each])).values()];
}

function readParameter(document: unknown, raw: unknown): Parameter {
  const target = follow(document, raw);
  const { name, in: place, required } = target;
  if (typeof name !== 'string' || typeof place !== 'string')
    throw new NoToolError('a parameter has no name or place');
  return { name, in: place, required: required === true || place === 'path', raw: target };
}

/** What stands where a document may put a reference instead. */
export function follow(document: unknown, raw: unknown): Json {
  let target = raw;
  for (let steps = 0; isRecord(target) && typeof target['$ref'] === 'string'; steps += 1) {
    const { $ref } = target;
    if (!$ref.startsWith('#/')) throw new NoToolError(`refers to another document, ${$ref.slice(0, 100)}`);
    if (steps > 20) throw new NoToolError(`refers to itself (${$ref})`);
    target = pointedAt(document, $ref);
  }
  if (!isRecord(target)) throw new NoToolError('refers to something that is not there');
  return target;
}

function fieldOf(
  { name, in: place, required, raw }: Parameter,
  convert: (schema: unknown, at: string) => Json,
): Field {
  if (place === 'cookie') throw new NoToolError('cookies are not sent');
  if (place === 'header' && (nobodys.test(name) || !headerName.test(name)))
    throw new NoToolError('no tool may send this header');
  if (!['path', 'query', 'header'].includes(place)) throw new NoToolError(`nobody knows where ${place} is`);
  if (raw['schema'] === undefined) throw new NoToolError('it has no schema of a single value');
  const schema = convert(raw['schema'], name);
  const { type } = schema;
  if (!['string', 'integer', 'number', 'boolean'].includes(String(type)))
    throw new NoToolError('only text, numbers and true or false are sent in a URL or header');
  const { description } = raw;
  return { schema: { ...schema, ...(typeof description === 'string' && { description }) }, required };
}
