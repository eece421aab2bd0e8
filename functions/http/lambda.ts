import { Hono } from 'hono';
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import * as z from 'zod';
import type { Actor } from '../../core/event.ts';
import { createLog } from '../aws/log.ts';
import { answerProblem, onError, ProblemError } from './problem.ts';

type Bindings = { event: LambdaEvent; lambdaContext: LambdaContext };
export type ApiContext = { Bindings: Bindings };

/** A hono app with our conventions: problems for errors and for unknown routes. */
export function createApi(): Hono<ApiContext> {
  const app = new Hono<ApiContext>();
  app.onError(onError(createLog()));
  app.notFound((c) => answerProblem(c, { status: 404, code: 'not-found', detail: 'there is nothing here' }));
  return app;
}

export const lambdaHandler = (app: Hono<ApiContext>) => handle(app);

const iamEvent = z.object({
  requestContext: z.object({ authorizer: z.object({ iam: z.object({ userArn: z.string().min(1) }) }) }),
});

/** The ARN that signed an IAM route, from API Gateway's own word; without it the request ends with 401. */
export function signerOf(event: LambdaEvent): string {
  const parsed = iamEvent.safeParse(event);
  if (parsed.success) return parsed.data.requestContext.authorizer.iam.userArn;
  throw new ProblemError({ status: 401, code: 'not-signed', detail: 'sign the request with IAM (SigV4)' });
}

/** Who signed an IAM route of administrators. */
export const administratorOf = (event: LambdaEvent): Actor => ({
  kind: 'administrator',
  id: signerOf(event),
});

/** An Idempotency-Key: 8 to 128 printable characters without spaces. */
export const idempotencyKey = z
  .string()
  .min(8)
  .max(128)
  .regex(/^[\x21-\x7e]+$/);

/** The Idempotency-Key header; without a good one the request ends with 400. */
export function idempotencyKeyOf(header: string | undefined): string {
  const parsed = idempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new ProblemError({
    status: 400,
    code: 'no-idempotency-key',
    detail: 'send an Idempotency-Key header of 8 to 128 printable characters; keep it when you try again',
  });
}
