import type { System } from '../../core/governance/system.ts';
import type { CallResult, ToolCall } from './connector.ts';

export type BuiltRequest = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string;
};

/**
 * The request of an HTTP tool: input fields in path and query as the connector says, the rest as JSON body. Refused
 * when it would leave the system's host, or when a field would make its path another one.
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
  const rest = { ...input };
  const moved = fieldsOf(connector.path).find((field) => MOVES.includes(asText(rest[field])));
  if (moved !== undefined) return failed('path-refused', `${moved}: would make the path another one`);
  const path = connector.path.replace(FIELD, (_, field: string) => {
    const value = rest[field];
    delete rest[field];
    return encodeURIComponent(asText(value));
  });
  const url = new URL(system.baseUrl.replace(/\/$/, '') + path);
  const refused = checkHost(url, system);
  if (refused) return refused;
  const bodyless = connector.method === 'GET' || connector.method === 'DELETE';
  for (const field of bodyless ? Object.keys(rest) : connector.query) {
    if (rest[field] !== undefined) url.searchParams.set(field, asText(rest[field]));
    delete rest[field];
  }
  const headers = new Headers({ accept: 'application/json', 'idempotency-key': idempotencyKey });
  if (bodyless) return { url, method: connector.method, headers };
  headers.set('content-type', 'application/json');
  return { url, method: connector.method, headers, body: JSON.stringify(rest) };
}

const FIELD = /\{([^}]+)\}/g;

const fieldsOf = (path: string) => [...path.matchAll(FIELD)].map(([, field = '']) => field);

/** Path segments that URLs resolve away or drop: they would reach the resource above, or all of them. */
const MOVES = ['', '.', '..'];

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

function checkHost(url: URL, system: System): CallResult | undefined {
  const allowed = new URL(system.baseUrl ?? '');
  if (url.origin !== allowed.origin) return failed('host-refused', `${url.host} is not ${allowed.host}`);
  if (url.protocol === 'https:' || LOOPBACK.has(url.hostname)) return undefined;
  return failed('host-refused', `${url.host} is not https`);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

const failed = (code: string, detail: string): CallResult => ({ status: 'failed', code, detail });
