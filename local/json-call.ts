import type * as z from 'zod';
import { type AwsCall, AwsError, type AwsReply } from './service.ts';

/** The operation and body of a JSON-protocol call: `X-Amz-Target: Prefix.Operation`. */
export function readJsonCall(
  call: AwsCall,
  prefix: string,
): { readonly operation: string; readonly body: unknown } {
  const [target, operation] = (call.headers['x-amz-target'] ?? '').split('.');
  if (target !== prefix || !operation)
    throw new AwsError('UnsupportedOperation', `no operation of ${prefix} is named`);
  return { operation, body: readJson(call) };
}

/** The body as JSON; nothing at all is an empty object. */
export function readJson({ body }: AwsCall): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}') as unknown;
  } catch {
    throw new AwsError('SerializationException', 'the body is not JSON');
  }
}

/** Parses a request body; what does not fit is a ValidationException that names the field. */
export function parseInput<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AwsError(
    'ValidationException',
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}`,
  );
}

export function jsonReply(body: unknown, type = 'application/x-amz-json-1.1'): AwsReply {
  return { status: 200, headers: { 'content-type': type }, body: JSON.stringify(body) };
}
