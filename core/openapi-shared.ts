import type { Caller, Operation } from './operation.ts';

export type Json = { readonly [member: string]: unknown };

/** A refusal as a problem document. */
export function refusal(status: number, says: string, caller?: Caller): Json {
  const byGateway = status === 429 || (status === 403 && caller === 'signer');
  return {
    description: says,
    ...(again.includes(status) && { headers: headersOf(['Retry-After', ...(status === 429 ? rates : [])]) }),
    content: {
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      ...(byGateway && { 'application/json': { schema: { $ref: '#/components/schemas/GatewayRefusal' } } }),
    },
  };
}

/** Headers by their names. */
export const headersOf = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const rates = ['RateLimit-Policy', 'RateLimit'];

/** Refusals that may say when to ask again. */
const again = [409, 429, 503];

/** What any operation of its kind may refuse with. */
export const responses = {
  Unfit: refusal(400, 'the request does not fit: `fields` names each place'),
  NoToken: refusal(401, 'get a new token'),
  Stopped: refusal(403, 'the agent may not act now'),
  NotSigned: refusal(403, 'the signature is not good, or may not call this', 'signer'),
  TooLarge: refusal(413, 'the body is too large'),
  NotJson: refusal(415, 'the body is not JSON'),
  TooMany: refusal(429, 'too many requests: send it again later'),
  Crowded: refusal(503, 'too much at once: send it again after Retry-After, with the same Idempotency-Key'),
  Fault: refusal(500, 'our fault, and recorded: send it again, with the same Idempotency-Key'),
} as const;

/** Those of them an operation may give, by status. */
export function usualRefusals({ caller, body, mediaType, keyed }: Operation): (readonly [number, Json])[] {
  const json = body !== undefined && mediaType === undefined;
  const usual: (readonly [number, keyof typeof responses, boolean])[] = [
    [400, 'Unfit', json || keyed === true],
    [401, 'NoToken', caller === 'agent'],
    [403, 'Stopped', caller === 'agent'],
    [403, 'NotSigned', caller === 'signer'],
    [413, 'TooLarge', json],
    [415, 'NotJson', json],
    [429, 'TooMany', true],
    [500, 'Fault', true],
    [503, 'Crowded', true],
  ];
  return usual.flatMap(([status, name, may]) =>
    may ? [[status, { $ref: `#/components/responses/${name}` }] as const] : [],
  );
}

export const headers = {
  'RateLimit-Policy': { description: 'The rates this request counts in', schema: { type: 'string' } },
  RateLimit: { description: 'What is left of each, and when there is more', schema: { type: 'string' } },
  Location: { description: 'Where to ask again', schema: { type: 'string', format: 'uri-reference' } },
  'Retry-After': {
    description: 'Seconds to wait before asking again',
    schema: { type: 'integer', minimum: 0 },
  },
};

/** How a caller proves who it is. */
export const security: Readonly<Record<Caller, readonly Json[]>> = {
  anyone: [],
  agent: [{ agentToken: [] }],
  signer: [{ iam: [] }],
};

export const securitySchemes = {
  agentToken: {
    type: 'oauth2',
    description:
      'A Bearer token from /oauth/token, by client credentials with private_key_jwt (RFC 7523): the agent signs with its own Ed25519 or P-256 key.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
  },
  iam: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'AWS Signature Version 4, service execute-api: administrators, and agents that run as an IAM role.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
};
