import type { Context } from 'hono';
import type * as z from 'zod';
import { ProblemError } from './problem.ts';

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 32;
const MAX_NODES = 5_000;

/**
 * The request's JSON body by its strict schema: at most 64 KiB, 32 levels and 5,000 values; no integer that
 * JavaScript can't hold exactly, no `__proto__`, no lone surrogate. Throws `ProblemError` naming the field.
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
  const value = parseExactly(text);
  checkShape(value, limits.maxNodes ?? MAX_NODES);
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

/** JSON.parse that refuses numbers it would round and member names that reach prototypes. */
function parseExactly(text: string): unknown {
  try {
    return JSON.parse(text, function (key, value: unknown, context?: { source?: string }) {
      if (key === '__proto__') throw new TypeError('__proto__ is not allowed as a member');
      if (typeof value === 'number') checkNumber(value, context?.source ?? '');
      if (typeof value === 'string' && !value.isWellFormed())
        throw new TypeError('a string has a lone surrogate');
      return value;
    });
  } catch (error) {
    const reason = error instanceof TypeError ? error.message : 'the body is not JSON';
    throw new ProblemError({ status: 400, code: 'invalid-json', detail: reason });
  }
}

function checkNumber(value: number, source: string): void {
  if (!Number.isFinite(value)) throw new TypeError(`the number ${source.slice(0, 40)} is too large`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new TypeError(`the integer ${source.slice(0, 40)} can't be held exactly: send it as a string`);
  }
}

function checkShape(root: unknown, maxNodes: number): void {
  let nodes = 0;
  const walk = (value: unknown, depth: number): void => {
    nodes += 1;
    if (nodes > maxNodes) tooComplex(`more than ${maxNodes} values`);
    if (depth > MAX_DEPTH) tooComplex(`nested deeper than ${MAX_DEPTH} levels`);
    if (typeof value === 'object' && value !== null) {
      for (const member of Object.values(value)) walk(member, depth + 1);
    }
  };
  walk(root, 0);
}

function tooComplex(what: string): never {
  throw new ProblemError({ status: 400, code: 'too-complex', detail: `the body is ${what}` });
}
