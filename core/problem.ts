import * as z from 'zod';

/** An RFC 9457 problem as every refusal of the API is told: `title` is the reason's code. */
export const problem = z.looseObject({
  type: z.string().optional(),
  title: z.string().describe('The reason as a code that does not change'),
  status: z.int().optional(),
  detail: z.string().describe('What is wrong and what to do about it'),
});

/** A refusal of the token endpoint, as OAuth 2 tells it (RFC 6749, section 5.2). */
export const oauthProblem = z.looseObject({ error: z.string(), error_description: z.string().default('') });

/** A refusal of API Gateway itself, before any function was asked. */
export const gatewayRefusal = z.looseObject({ message: z.string() });
