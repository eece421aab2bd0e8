import type * as z from 'zod';
import { ProblemError } from '../../http/problem.ts';
import { invalidBody } from '../../http/read-body.ts';

/** The value by its schema; a misfit names the field. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { problem } = invalidBody(parsed.error);
  throw new ProblemError({ ...problem, code: 'invalid-arguments' });
}
