import type { Refusal } from '../../core/change.ts';
import type { Finding } from '../../core/governance/manifest.ts';
import { ProblemError } from '../http/problem.ts';

/** A change that is not this administrator's is a 403; one that another was faster than, a 409. */
export function refused({ refused: code, detail }: Refusal): ProblemError {
  return new ProblemError({ status: code === 'changed-meanwhile' ? 409 : 403, code, detail });
}

/** What is wrong with a directory is a 422: the first finding in words, all of them beside it. */
export function unfit(found: { readonly findings: readonly Finding[] }): ProblemError {
  const [first] = found.findings;
  const detail = `${first?.file}:${first?.line}: ${first?.reason}`;
  return new ProblemError({ status: 422, code: 'governance-refused', detail, more: found });
}
