import { createInputCheck } from './input-check.ts';
import type { ReleaseBundle } from './release.ts';
import { UnmappableError } from './unmappable.ts';

/** Why nobody can hold a tool's answers against its `output` schema; `undefined` when they can. */
export function outputProblem({
  output,
}: Pick<ReleaseBundle['tools'][number], 'output'>): string | undefined {
  if (output === undefined) return undefined;
  try {
    createInputCheck(output);
    return undefined;
  } catch (error) {
    if (error instanceof UnmappableError) return error.message;
    throw error;
  }
}
