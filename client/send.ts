import { setTimeout as sleep } from 'node:timers/promises';
import { oauthProblem, problem } from '../core/problem.ts';
import { retryAfterMs } from './retry-after.ts';

/** What the API said no with: its status, the reason's code and what to do. */
export class AutonomyError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: Readonly<Record<string, unknown>>;
  constructor(status: number, code: string, detail: string, problem: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.name = 'AutonomyError';
    this.status = status;
    this.code = code;
    this.problem = problem;
  }
}

/** Reads a refusal of the API as an error; plain text and empty bodies too. */
export async function errorOf(response: Response): Promise<AutonomyError> {
  const text = await response.text();
  const body: unknown = parse(text);
  const ours = problem.safeParse(body);
  if (ours.success) return new AutonomyError(response.status, ours.data.title, ours.data.detail, ours.data);
  const oauth = oauthProblem.safeParse(body);
  if (oauth.success)
    return new AutonomyError(response.status, oauth.data.error, oauth.data.error_description);
  return new AutonomyError(response.status, 'unexpected', text.slice(0, 200) || response.statusText);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Lets go of an answer nobody reads. Not waited for: where something else holds a copy of it, that would take until then. */
export function discard({ body }: Response): void {
  body?.cancel().catch(() => undefined);
}

export type Send = (request: () => Promise<Response>) => Promise<Response>;

/** Statuses that say "ask again with the same key": overload, gateway trouble, the same request still under way. */
const again = new Set([409, 429, 500, 502, 503, 504]);

/**
 * Sends a request that may be repeated, until it is answered: no connection, an overloaded or failing server and a
 * request still in flight are tried again with jittered backoff, for about `patienceSeconds`.
 */
export function createSend(options: {
  readonly patienceSeconds: number;
  readonly signal?: AbortSignal | undefined;
}): Send {
  return async (request) => {
    const until = performance.now() + options.patienceSeconds * 1000;
    for (let attempt = 0; ; attempt += 1) {
      const response = await request().catch((error: unknown) => {
        if (options.signal?.aborted || performance.now() > until) throw error;
        return undefined;
      });
      const inFlight = response?.status !== 409 || response.headers.has('retry-after');
      if (response && !(again.has(response.status) && inFlight)) return response;
      if (response && performance.now() > until) return response;
      const asked = retryAfterMs(response, 0);
      if (response) discard(response);
      await sleep(asked + Math.min(5000, 100 * 2 ** attempt) * (0.5 + Math.random()), undefined, {
        ...(options.signal && { signal: options.signal }),
      });
    }
  };
}
