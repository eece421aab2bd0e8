import type { Tool } from '../../../core/governance/tool.ts';
import { isHeaderValue } from '../egress/authorization/authorize.ts';
import type { CallResult, ToolCall } from './connector.ts';

export type BuiltRequest = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};
type HttpConnector = Extract<Tool['connector'], { type: 'http' }>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * The request of an HTTP tool: each input field in the place the connector names, what is left as the JSON body (or,
 * where there is none, in the query). Refused when a field would make its path or a header another one.
 */
export function buildHttpRequest({
  tool,
  system,
  input,
  idempotencyKey,
}: ToolCall): BuiltRequest | CallResult {
  const { connector } = tool;
  if (connector.type !== 'http' || !system.baseUrl) {
    return failed('misconfigured', `system ${system.id} has no baseUrl for this HTTP tool`);
  }
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const refused = refusePath(connector, given) ?? refuseHeaders(connector, given);
  if (refused) return refused;
  const path = connector.path.replace(FIELD, (_, field: string) => encodeURIComponent(asText(given[field])));
  const url = new URL(system.baseUrl.replace(/\/$/, '') + path);
  const bodyless = connector.method === 'GET' || connector.method === 'DELETE';
  const left = without(given, [...fieldsOf(connector.path), ...Object.values(connector.headers ?? {})]);
  const inQuery = bodyless ? Object.keys(left) : connector.query;
  for (const field of inQuery) for (const text of textsOf(left[field])) url.searchParams.append(field, text);
  const body = bodyless ? undefined : bodyOf(connector, without(left, connector.query));
  return {
    url,
    method: connector.method,
    headers: {
      ...headersOf(connector, given),
      accept: 'application/json',
      'idempotency-key': idempotencyKey,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  };
}

const FIELD = /\{([^}]+)\}/g;

const fieldsOf = (path: string) => [...path.matchAll(FIELD)].map(([, field = '']) => field);

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** Path segments that URLs or servers resolve away or drop would reach the resource above, or all of them. */
function refusePath({ path }: HttpConnector, given: Fields): CallResult | undefined {
  const moved = fieldsOf(path).find((field) => {
    const text = given[field] === null ? '' : asText(given[field]);
    return text === '' || !text.isWellFormed() || text.split(/[/\\]/).some((part) => /^\.\.?$/.test(part));
  });
  return moved === undefined
    ? undefined
    : failed('path-refused', `${moved}: would make the path another one`);
}

function refuseHeaders({ headers = {} }: HttpConnector, given: Fields): CallResult | undefined {
  const bad = Object.values(headers).find((field) => !textsOf(given[field]).every(isHeaderValue));
  return bad === undefined
    ? undefined
    : failed('header-refused', `${bad}: holds a line break or a character that no header may hold`);
}

/** A list in a header is one value, its members separated by commas. */
function headersOf({ headers = {} }: HttpConnector, given: Fields): Record<string, string> {
  const present = Object.entries(headers).filter(([, field]) => textsOf(given[field]).length > 0);
  return Object.fromEntries(
    present.map(([name, field]) => [name.toLowerCase(), textsOf(given[field]).join(', ')]),
  );
}

function bodyOf({ body }: HttpConnector, left: Fields): string | undefined {
  const value = body === undefined ? left : left[body];
  return value === undefined ? undefined : JSON.stringify(value);
}

/** A list repeats its parameter; nothing and null leave it out. */
function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(asText) : [asText(value)];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

const failed = (code: string, detail: string): CallResult => ({
  status: 'failed',
  code,
  detail,
  sent: false,
});
