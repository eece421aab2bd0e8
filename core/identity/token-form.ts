import * as z from 'zod';

/** The form of a token request with `private_key_jwt`; unknown members are ignored, as OAuth asks. */
export const tokenForm = z.object({
  grant_type: z.literal('client_credentials'),
  client_id: z.string().max(100).optional(),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: z.string().min(1).max(8192),
  /** What another agent lent: the token is good for what both may, and no longer than it. */
  delegation: z.string().max(100).optional(),
});
export type TokenForm = z.infer<typeof tokenForm>;
