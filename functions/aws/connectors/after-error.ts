import type { CallResult } from './connector.ts';

/** Names of refusals that a moment later may be none. */
const FOR_NOW = ['ThrottlingException', 'TooManyRequestsException', 'ExecutionLimitExceeded'];

/**
 * A call of a service of AWS that ended in an error. What it refused reached nobody; what gave no answer, or broke
 * underway, may have been heard.
 */
export function afterError(error: unknown, refusedBy: (error: Error) => boolean, what: string): CallResult {
  const name = error instanceof Error ? error.name : 'error';
  if (!(error instanceof Error) || !refusedBy(error))
    return { status: 'unknown', code: 'unreachable', detail: `${what} gave no answer: ${name}`, retry: true };
  const detail = `${what} was not called: ${name}`;
  return { status: 'failed', code: 'not-called', detail, sent: false, retry: FOR_NOW.includes(name) };
}
