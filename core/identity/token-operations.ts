import * as z from 'zod';
import type { ApiPart } from '../operation.ts';
import { oauthProblem } from '../problem.ts';
import { tokenForm } from './token-form.ts';

export const issuedToken = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds; at most 600'),
});

const delegationQuery = z.object({
  delegation: z.string().optional().describe('What another agent lent: the token is good for what both may'),
});

/** How an agent proves who it is. */
export const tokenApi: ApiPart = {
  tag: 'Tokens',
  says: 'An agent shows that it is itself and gets a token of at most ten minutes.',
  schemas: {
    TokenRequest: tokenForm,
    Token: issuedToken,
    OAuthProblem: oauthProblem,
    KeySet: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }),
    AuthorizationServer: z.looseObject({ issuer: z.string(), token_endpoint: z.string() }),
    ApiDescription: z.looseObject({ openapi: z.string() }),
  },
  operations: [
    {
      method: 'POST',
      path: '/oauth/token',
      id: 'requestToken',
      says: 'Gives a token for an assertion the agent signed with its own key: OAuth 2 client credentials with `private_key_jwt` (RFC 7523). Issuer and subject are the agent’s id, the audience is this address, `jti` is new each time, it ends within two minutes.',
      caller: 'anyone',
      body: 'TokenRequest',
      mediaType: 'application/x-www-form-urlencoded',
      answers: {
        200: { says: 'the token', body: 'Token' },
        400: { says: 'the request or the assertion does not fit', body: 'OAuthProblem' },
        401: { says: 'this agent is not known, or may not act', body: 'OAuthProblem' },
      },
    },
    {
      method: 'POST',
      path: '/v1/agents/{id}/token',
      id: 'requestTokenByRole',
      says: 'Gives the same token to the IAM role an agent runs as, where its manifest names that role.',
      caller: 'signer',
      query: delegationQuery,
      answers: { 200: { says: 'the token', body: 'Token' } },
      refuses: { 403: 'the role that signed is not one of this agent’s' },
    },
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      id: 'tokenKeys',
      says: 'The key that tokens are signed with.',
      caller: 'anyone',
      answers: { 200: { says: 'a JSON Web Key Set', body: 'KeySet' } },
    },
    {
      method: 'GET',
      path: '/.well-known/oauth-authorization-server',
      id: 'authorizationServer',
      says: 'Where and how tokens are given (RFC 8414).',
      caller: 'anyone',
      answers: { 200: { says: 'the server’s metadata', body: 'AuthorizationServer' } },
    },
    {
      method: 'GET',
      path: '/openapi.json',
      id: 'describeApi',
      says: 'This description.',
      caller: 'anyone',
      answers: { 200: { says: 'an OpenAPI 3.1 document', body: 'ApiDescription' } },
    },
  ],
};
