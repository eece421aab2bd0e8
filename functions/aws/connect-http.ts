import type { System } from '../../core/governance/system.ts';
import { buildHttpRequest } from './build-http-request.ts';
import { type CallResult, type Connector, MAX_OUTPUT_BYTES } from './connector.ts';
import { readOutput } from './read-output.ts';
import type { ReadSecret } from './secrets.ts';

/**
 * Calls an HTTP system: only the host of its `baseUrl`, no redirects, the system's secret as bearer token, the
 * action id as `Idempotency-Key`. A network error or a 5xx leaves the effect in doubt; a 4xx is a clear no.
 */
export function connectHttp(readSecret: ReadSecret, fetchImpl: typeof fetch = fetch): Connector {
  return async (call) => {
    const built = buildHttpRequest(call);
    if ('status' in built) return built;
    const authorized = await authorize(built.headers, call.system, readSecret);
    if ('status' in authorized) return authorized;
    try {
      const response = await fetchImpl(built.url, {
        method: built.method,
        headers: built.headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(call.timeoutMs),
        ...(built.body !== undefined && { body: built.body }),
      });
      return await readAnswer(response, authorized.secret);
    } catch (error) {
      return inDoubt('unreachable', `${call.system.id} gave no answer: ${nameOf(error)}`);
    }
  };
}

/** Puts the system's secret into the request. An error on the way may show the secret, so only its name is told. */
async function authorize(
  headers: Headers,
  { id, bearerSecret }: System,
  readSecret: ReadSecret,
): Promise<{ readonly secret?: string } | CallResult> {
  if (bearerSecret === undefined) return {};
  try {
    const secret = await readSecret(bearerSecret);
    headers.set('authorization', `Bearer ${secret}`);
    return { secret };
  } catch (error) {
    const detail = `the secret of system ${id} could not be used, so nothing was sent: ${nameOf(error)}`;
    return { status: 'failed', code: 'no-secret', detail, retry: true };
  }
}

async function readAnswer(response: Response, secret: string | undefined): Promise<CallResult> {
  const text = await readCapped(response);
  const kept = text === undefined ? undefined : readOutput(text, secret);
  if (response.ok) return kept ? { status: 'succeeded', ...kept } : tooLarge;
  const reason = `the system answered ${response.status}${messageOf(kept?.output)}`;
  if (response.status >= 500 || response.status === 429) return inDoubt('system-error', reason);
  return { status: 'failed', code: 'refused-by-system', detail: reason };
}

async function readCapped(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> = response.body ?? ReadableStream.from<Uint8Array>([]);
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_OUTPUT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The system's own short reason, when it gives one the usual way. */
function messageOf(output: unknown): string {
  if (typeof output !== 'object' || output === null) return '';
  const { detail, error, message } = output as Record<string, unknown>;
  const reason = [detail, message, error].find((part) => typeof part === 'string');
  return reason === undefined ? '' : `: ${reason.slice(0, 300)}`;
}

const tooLarge: CallResult = {
  status: 'unknown',
  code: 'output-too-large',
  detail: `the answer is larger than ${MAX_OUTPUT_BYTES} bytes`,
};
const inDoubt = (code: string, detail: string): CallResult => ({
  status: 'unknown',
  code,
  detail,
  retry: true,
});
const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'error');
