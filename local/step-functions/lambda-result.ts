import { randomUUID } from 'node:crypto';
import { AwsError, type InvokeResult } from '../service.ts';
import type { Outcome } from './execution.ts';

/** A function's return as the result of `lambda:invoke`; its error by the exception's name, the cause as JSON. */
export function resultOf(result: InvokeResult): Outcome {
  if (!result.ok) return { ok: false, error: result.error, cause: JSON.stringify(result.payload) };
  const RequestId = randomUUID();
  const value = {
    ExecutedVersion: '$LATEST',
    Payload: result.payload ?? null,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId },
    StatusCode: 200,
  };
  return { ok: true, value };
}

/** An invocation that was refused before the function ran; anything else is Lambda's own failure and can be retried. */
export function failureOf(error: unknown): Outcome {
  if (!(error instanceof AwsError))
    return { ok: false, error: 'Lambda.ServiceException', cause: String(error) };
  const known = error.name === 'ResourceNotFoundException' ? error.name : 'AWSLambdaException';
  return { ok: false, error: `Lambda.${known}`, cause: error.message };
}
