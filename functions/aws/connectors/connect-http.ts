import { buildHttpRequest } from './build-http-request.ts';
import { type CallResult, type Connector, MAX_OUTPUT_BYTES } from './connector.ts';
import type { Answered } from '../egress/read-answer.ts';
import type { Mask } from '../egress/mask-secrets.ts';
import { type Reach, withoutAnswer } from '../egress/reach.ts';
import { readOutput } from './read-output.ts';

/**
 * Calls an HTTP system with the action id as `Idempotency-Key`. What never left is a clear no, and so is a 4xx; an
 * answer that got lost and a 5xx leave the effect in doubt.
 */
export function connectHttp(reach: Reach): Connector {
  return async (call) => {
    const built = buildHttpRequest(call);
    if ('status' in built) return built;
    const signal = AbortSignal.timeout(call.timeoutMs);
    const again = call.tool.effect !== 'at-most-once';
    const reached = await reach(call.system, { ...built, signal, again });
    if (reached.kind !== 'answered') return withoutAnswer(reached, call.system);
    return outcomeOf(reached, built.method);
  };
}

function outcomeOf(answer: Answered & { readonly mask: Mask }, method: string): CallResult {
  const { status, text, unread } = answer;
  const kept = text === undefined ? undefined : readOutput(text);
  if (status >= 200 && status < 300) {
    if (kept) return { status: 'succeeded', ...kept };
    return unread === 'compressed' ? notAsked : tooLarge;
  }
  if (REDIRECTS.includes(status)) return redirected(answer, method);
  const reason = `the system answered ${status}${messageOf(kept?.output)}`;
  return status >= 500 || status === 429
    ? { status: 'unknown', code: 'system-error', detail: reason, retry: true }
    : { status: 'failed', code: 'refused-by-system', detail: reason };
}

const REDIRECTS = [301, 302, 303, 307, 308];

/** Nobody goes where a system points. Many answer so to what they did, so all but a GET is in doubt where they may have. */
function redirected(
  { status, headers, mask }: Answered & { readonly mask: Mask },
  method: string,
): CallResult {
  const detail = `the system answered ${status} and points to ${mask(hostOf(headers.location))}, where nobody goes`;
  const done = method !== 'GET' && (status === 302 || status === 303);
  return { status: done ? 'unknown' : 'failed', code: 'redirect-refused', detail };
}

function hostOf(location = ''): string {
  if (!URL.canParse(location)) return 'its own host';
  return new URL(location).host.slice(0, 200);
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
const notAsked: CallResult = {
  status: 'unknown',
  code: 'output-unreadable',
  detail: 'the answer is compressed, which was not asked for',
};
