import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export type Answered = { readonly code: string; readonly state: string };

/** A stand-in for a company's sign-in: real HTTP, real signatures, and whatever the test makes it lie about. */
export type StandInProvider = {
  readonly issuer: string;
  /** Changes what it says from now on. */
  lie: {
    claims?: Readonly<Record<string, unknown>>;
    header?: { readonly alg: string };
    ignorePkce?: true;
    discovery?: Readonly<Record<string, string>>;
  };
  /** Forms that came to the token endpoint, with the Authorization header. */
  readonly asked: { readonly form: URLSearchParams; readonly authorization: string | undefined }[];
  /** What the browser brings back after this person signed in there. */
  signIn(authorizationUrl: string, email: string): Answered;
  stop(): Promise<void>;
};

type Grant = { readonly email: string; readonly query: URLSearchParams };

export async function startProvider(clientId: string, now: () => Date): Promise<StandInProvider> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const grants = new Map<string, Grant>();
  const app = new Hono();
  const server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: StandInProvider = {
    issuer,
    lie: {},
    asked: [],
    signIn: (url, email) => {
      const code = `code-${grants.size}`;
      const query = new URL(url).searchParams;
      grants.set(code, { email, query });
      return { code, state: query.get('state') ?? '' };
    },
    stop: () => new Promise((done) => server.close(() => done())),
  };
  app.get('/.well-known/openid-configuration', (c) =>
    c.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      ...provider.lie.discovery,
    }),
  );
  app.get('/keys', (c) => c.json({ keys: [jwk] }));
  app.post('/token', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    provider.asked.push({ form, authorization: c.req.header('authorization') });
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const proven = provider.lie.ignorePkce ?? grant?.query.get('code_challenge') === challenge;
    if (!grant || !proven) return c.json({ error: 'invalid_grant' }, 400);
    return c.json({ id_token: await idToken(grant), token_type: 'Bearer', access_token: 'unused' });
  });
  const idToken = ({ email, query }: Grant) => {
    const seconds = Math.floor(now().getTime() / 1000);
    const claims = {
      ...{ iss: issuer, aud: clientId, sub: `sub-${email}`, iat: seconds, exp: seconds + 300 },
      ...{ nonce: query.get('nonce'), email, email_verified: true },
      ...provider.lie.claims,
    };
    const { alg = 'ES256' } = provider.lie.header ?? {};
    const key = alg === 'HS256' ? Buffer.from(JSON.stringify(jwk)) : privateKey;
    return new SignJWT(claims).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
  };
  return provider;
}
