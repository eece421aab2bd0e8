import type { Refusal } from '../../core/change.ts';
import { ProblemError } from '../http/problem.ts';

/** A change that is not this administrator's is a 403; one that another was faster than, a 409. */
export function refused({ refused: code, detail }: Refusal): ProblemError {
  return new ProblemError({ status: code === 'changed-meanwhile' ? 409 : 403, code, detail });
}
