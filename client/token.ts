import { importJWK, type JWK, SignJWT } from 'jose';
import * as z from 'zod';
import { createSignedCall, type Credentials } from './admin/signed-call.ts';
import { errorOf, type Send } from './send.ts';

export type AgentKey = JWK & { readonly kid: string };

/** What an agent signs in with: the private key it keeps, or the credentials of the IAM role it runs as. */
export type SignIn =
  | { readonly key: AgentKey }
  | {
      readonly credentials: Credentials | (() => Promise<Credentials>);
      /** The API's AWS region. */
      readonly region: string;
    };

const answer = z.object({ access_token: z.string(), expires_in: z.number() });

/** Seconds before its end at which a token is replaced. */
const MARGIN_SECONDS = 60;

export type TokenSource = {
  readonly token: () => Promise<string>;
  /** The API took it no more: the next one is a new one. */
  readonly forget: () => void;
};

type Options = {
  readonly endpoint: string;
  readonly id: string;
  /** What it leans on. */
  readonly delegation?: string;
  /** Seconds to keep trying when the API can't be reached. */
  readonly patienceSeconds: number;
  readonly send: Send;
};

/** Gives a valid access token, got by the agent's own key or role and renewed before it ends. */
export function createTokenSource(options: Options & SignIn): TokenSource {
  const request = 'key' in options ? byKey(options) : byRole(options);
  let current: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async () => {
    const { access_token, expires_in } = answer.parse(await request());
    current = { token: access_token, until: Date.now() + (expires_in - MARGIN_SECONDS) * 1000 };
    return access_token;
  };
  const token = async () => {
    if (current && current.until > Date.now()) return current.token;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  const forget = () => {
    current = undefined;
  };
  return { token, forget };
}

const byKey = (options: Options & { readonly key: AgentKey }) => async (): Promise<unknown> => {
  const response = await options.send(() => requestToken(options));
  if (!response.ok) throw await errorOf(response);
  return response.json();
};

function byRole({ id, delegation, ...connection }: Options & Exclude<SignIn, { readonly key: AgentKey }>) {
  const call = createSignedCall(connection);
  const query = delegation === undefined ? '' : `?delegation=${encodeURIComponent(delegation)}`;
  return () => call('POST', `/v1/agents/${encodeURIComponent(id)}/token${query}`);
}

async function requestToken({ endpoint, id, key, delegation }: Options & { readonly key: AgentKey }) {
  const url = `${endpoint}/oauth/token`;
  const alg = key.kty === 'OKP' ? 'EdDSA' : 'ES256';
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg, kid: key.kid })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(url)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(await importJWK(key, alg));
  return fetch(url, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...(delegation !== undefined && { delegation }),
    }),
  });
}
