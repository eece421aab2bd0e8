import type { System } from '../../core/governance/tool.ts';
import { type CallResult, type Connector, MAX_OUTPUT_BYTES, type ToolCall } from './connector.ts';
import type { ReadSecret } from './secrets.ts';

/**
 * Calls an HTTP system: only the host of its `baseUrl`, no redirects, the system's secret as bearer token, the
 * action id as `Idempotency-Key`. A network error or a 5xx leaves the effect in doubt; a 4xx is a clear no.
 */
export function connectHttp(readSecret: ReadSecret, fetchImpl: typeof fetch = fetch): Connector {
  return async (call) => {
    const built = buildRequest(call);
    if ('status' in built) return built;
    const token = call.system.bearerSecret && (await readSecret(call.system.bearerSecret));
    if (token) built.headers.set('authorization', `Bearer ${token}`);
    try {
      const response = await fetchImpl(built.url, {
        method: built.method,
        headers: built.headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(call.timeoutMs),
        ...(built.body !== undefined && { body: built.body }),
      });
      return await readAnswer(response);
    } catch (error) {
      return inDoubt('unreachable', `${call.system.id} gave no answer: ${nameOf(error)}`);
    }
  };
}

type Built = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string;
};

function buildRequest({ tool, system, input, idempotencyKey }: ToolCall): Built | CallResult {
  const { connector } = tool;
  if (connector.type !== 'http' || !system.baseUrl) {
    return failed('misconfigured', `system ${system.id} has no baseUrl for this HTTP tool`);
  }
  const rest = { ...input };
  const path = connector.path.replace(/\{([^}]+)\}/g, (_, field: string) => {
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

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

function checkHost(url: URL, system: System): CallResult | undefined {
  const allowed = new URL(system.baseUrl ?? '');
  if (url.origin !== allowed.origin) return failed('host-refused', `${url.host} is not ${allowed.host}`);
  if (url.protocol === 'https:' || LOOPBACK.has(url.hostname)) return undefined;
  return failed('host-refused', `${url.host} is not https`);
}

async function readAnswer(response: Response): Promise<CallResult> {
  const bytes = await readCapped(response);
  if (bytes === undefined) {
    const what = `the answer is larger than ${MAX_OUTPUT_BYTES} bytes`;
    return response.ok
      ? { status: 'unknown', code: 'output-too-large', detail: what }
      : failed('refused', what);
  }
  const output = parseJson(bytes);
  if (response.ok) return { status: 'succeeded', output };
  const reason = `the system answered ${response.status}${messageOf(output)}`;
  if (response.status >= 500 || response.status === 429) return inDoubt('system-error', reason);
  return failed('refused-by-system', reason);
}

async function readCapped(response: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> = response.body ?? ReadableStream.from<Uint8Array>([]);
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_OUTPUT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The system's own short reason, when it gives one the usual way. */
function messageOf(output: unknown): string {
  if (typeof output !== 'object' || output === null) return '';
  const { detail, error, message } = output as Record<string, unknown>;
  const reason = [detail, message, error].find((part) => typeof part === 'string');
  return reason === undefined ? '' : `: ${reason.slice(0, 300)}`;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

const failed = (code: string, detail: string): CallResult => ({ status: 'failed', code, detail });
const inDoubt = (code: string, detail: string): CallResult => ({
  status: 'unknown',
  code,
  detail,
  retry: true,
});
const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'error');
