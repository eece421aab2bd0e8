import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';

/** The company's sign-in: an OpenID Connect provider that knows this inbox as a client. */
export type OidcSettings = {
  readonly issuer: string;
  readonly clientId: string;
  /** The client's secret; a public client has none and relies on PKCE. */
  readonly secret?: (() => Promise<string>) | undefined;
};

/** What this one sign-in is bound to; it lives in the browser alone. */
export type Binding = { readonly nonce: string; readonly verifier: string };

export type OidcProvider = {
  /** Where the browser goes to sign in. */
  authorizationUrl(request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly nonce: string;
    /** SHA-256 of the verifier, base64url. */
    readonly challenge: string;
  }): Promise<string>;
  /** The verified e-mail address behind a code. Throws when anything about the answer is not as it must be. */
  addressOf(code: string, redirectUri: string, binding: Binding): Promise<string>;
};

/** Signatures that are believed; never `none`, never one with a shared secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const TIMEOUT_MS = 5000;
const KEPT_MS = 3_600_000;
const TOLERANCE_SECONDS = 30;
/** Seconds after which an id token says nothing of this sign-in any more. */
const MAX_AGE_SECONDS = 600;

const discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
});
const tokens = z.object({ id_token: z.string().max(16_384) });
const claims = z.object({
  nonce: z.string(),
  email: z.email(),
  /** Only the word of the provider itself, and only as a boolean. */
  email_verified: z.literal(true),
  azp: z.string().optional(),
});

type Found = z.infer<typeof discovery> & { readonly keys: ReturnType<typeof createRemoteJWKSet> };

export function createOidcProvider(settings: OidcSettings, now: () => Date): OidcProvider {
  let kept: { readonly until: number; readonly found: Found } | undefined;
  const discover = async (): Promise<Found> => {
    if (kept && now().getTime() < kept.until) return kept.found;
    const document = discovery.parse(await fetchJson(discoveryOf(settings.issuer)));
    requireSame(document, settings.issuer);
    const keys = createRemoteJWKSet(new URL(document.jwks_uri), { timeoutDuration: TIMEOUT_MS });
    const found = { ...document, keys };
    kept = { until: now().getTime() + KEPT_MS, found };
    return found;
  };
  return {
    authorizationUrl: async ({ redirectUri, state, nonce, challenge }) => {
      const url = new URL((await discover()).authorization_endpoint);
      const query = {
        ...{ response_type: 'code', scope: 'openid email', client_id: settings.clientId },
        ...{ redirect_uri: redirectUri, state, nonce },
        ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.href;
    },
    addressOf: async (code, redirectUri, binding) => {
      const found = await discover();
      const body = await tokenForm(settings, { code, redirectUri, verifier: binding.verifier });
      const { id_token } = tokens.parse(await fetchJson(found.token_endpoint, { method: 'POST', ...body }));
      const { payload } = await jwtVerify(id_token, found.keys, {
        algorithms: ALGORITHMS,
        issuer: settings.issuer,
        audience: settings.clientId,
        requiredClaims: ['exp', 'iat', 'sub', 'nonce'],
        maxTokenAge: MAX_AGE_SECONDS,
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: now(),
      });
      return verifiedAddress(payload, settings.clientId, binding.nonce);
    },
  };
}

/** Its own name, and TLS wherever the issuer has it: a code or secret never goes out in the clear. */
function requireSame({ issuer, ...endpoints }: z.infer<typeof discovery>, expected: string): void {
  if (issuer !== expected) throw new Error('the provider goes by another issuer');
  const { protocol } = new URL(expected);
  if (!Object.values(endpoints).every((url) => new URL(url).protocol === protocol))
    throw new Error('the provider has an endpoint without TLS');
}

const discoveryOf = (issuer: string) => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

async function tokenForm(
  { clientId, secret }: OidcSettings,
  { code, redirectUri, verifier }: { code: string; redirectUri: string; verifier: string },
) {
  const form = new URLSearchParams({
    ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
    ...{ code_verifier: verifier, client_id: clientId },
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  if (!secret) return { body: form.toString(), headers };
  const named = `${encodeURIComponent(clientId)}:${encodeURIComponent(await secret())}`;
  const authorization = `Basic ${Buffer.from(named).toString('base64')}`;
  return { body: form.toString(), headers: { ...headers, authorization } };
}

/** A token meant for several must say that it is ours; an address counts that the provider itself verified. */
function verifiedAddress(payload: JWTPayload, clientId: string, nonce: string): string {
  const said = claims.parse(payload);
  const several = Array.isArray(payload.aud) && payload.aud.length > 1;
  if (said.azp === undefined ? several : said.azp !== clientId) throw new Error('the token is not for us');
  if (said.nonce !== nonce) throw new Error('the token belongs to another sign-in');
  return said.email;
}

async function fetchJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const reply = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!reply.ok) throw new Error(`the provider answers ${reply.status}`);
  return reply.json();
}
