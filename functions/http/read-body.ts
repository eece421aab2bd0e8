import type { Context } from 'hono';
import type * as z from 'zod';
import { checkShape, InexactJsonError, parseExactJson } from '../aws/exact-json.ts';
import { ProblemError } from './problem.ts';

const MAX_BYTES = 64 * 1024;
const MAX_NODES = 5_000;

/**
 * The request's JSON body by its strict schema: at most 64 KiB, 24 levels and 5,000 values, and nothing that can't
 * be held and stored exactly. Throws `ProblemError` naming the field.
 */
export async function readBody<S extends z.ZodType>(
  c: Context,
  schema: S,
  limits: { readonly maxBytes?: number; readonly maxNodes?: number } = {},
): Promise<z.output<S>> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
    throw new ProblemError({ status: 415, code: 'not-json', detail: 'send Content-Type: application/json' });
  }
  const text = await c.req.text();
  const maxBytes = limits.maxBytes ?? MAX_BYTES;
  if (Buffer.byteLength(text) > maxBytes) {
    throw new ProblemError({ status: 413, code: 'too-large', detail: `send at most ${maxBytes} bytes` });
  }
  const value = orProblem('invalid-json', '', () => parseExactJson(text));
  orProblem('too-complex', 'the body is ', () => checkShape(value, limits.maxNodes ?? MAX_NODES));
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidBody(parsed.error);
}

export function invalidBody(error: z.ZodError): ProblemError {
  const fields = error.issues.map((issue) => ({
    field: issue.path.map(String).join('.') || '(body)',
    reason: issue.message,
  }));
  const [first] = fields;
  const detail = first ? `${first.field}: ${first.reason}` : 'the body does not fit';
  return new ProblemError({ status: 400, code: 'invalid-body', detail, more: { fields } });
}

function orProblem<T>(code: string, subject: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof InexactJsonError ? subject + error.message : 'the body is not JSON';
    throw new ProblemError({ status: 400, code, detail: reason });
  }
}
