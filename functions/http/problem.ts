import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { isRefusal, type Refusal } from '../../core/change.ts';
import { errorDetails, type Log } from '../aws/log.ts';

/** An RFC 9457 problem: `code` names the reason, `detail` says what to do. */
export type Problem = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503;
  readonly code: string;
  readonly detail: string;
  /** More members of the problem document, e.g. the determining policies. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Thrown by HTTP wiring to end a request with a problem. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** Refusals that are conflicts with what is; every other means that the thing asked for is not there. */
const conflicts: readonly string[] = ['not-recorded'];

/** What was found; a refusal ends the request: 409 for a conflict, 404 otherwise. */
export function orProblem<T extends object>(answer: T | Refusal): T {
  if (!isRefusal(answer)) return answer;
  const { refused: code, detail } = answer;
  throw new ProblemError({ status: conflicts.includes(code) ? 409 : 404, code, detail });
}

/** Answers `application/problem+json`; never cached. */
export function answerProblem(c: Context, problem: Problem): Response {
  const { status, code, detail, more, headers } = problem;
  const body = { type: `urn:autonomy:${code}`, title: code, status, detail, ...more };
  return c.body(JSON.stringify(body), status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...headers,
  });
}

/** What passes by itself: a store that takes no more just now, or writers in each other's way. */
const isBusy = ({ name }: Error): boolean =>
  name === 'DependencyFailed' || /Throttl|LimitExceeded|ThroughputExceeded/.test(name);

const busy: Problem = {
  status: 503,
  code: 'busy',
  detail: 'too much at once, and nothing was lost: try again with the same Idempotency-Key',
  headers: { 'retry-after': '1' },
};

/** The last resort of every HTTP function: known problems as they are, everything else a 500 that tells nothing. */
export function onError(log: Log): (error: Error, c: Context) => Response {
  return (error, c) => {
    if (error instanceof ProblemError) return answerProblem(c, error.problem);
    if (error instanceof HTTPException) {
      return answerProblem(c, { status: 400, code: 'bad-request', detail: error.message });
    }
    log('error', 'FAULT', errorDetails(error));
    if (isBusy(error)) return answerProblem(c, busy);
    return answerProblem(c, {
      status: 500,
      code: 'internal',
      detail: 'this is our fault and it was recorded; try again with the same Idempotency-Key',
    });
  };
}
