import { importJWK, type JWK, SignJWT } from 'jose';
import * as z from 'zod';
import { errorOf, type Send } from './send.ts';

export type AgentKey = JWK & { readonly kid: string };

const answer = z.object({ access_token: z.string(), expires_in: z.number() });

/** Seconds before its end at which a token is replaced. */
const MARGIN_SECONDS = 60;

export type TokenSource = {
  readonly token: () => Promise<string>;
  /** The API took it no more: the next one is a new one. */
  readonly forget: () => void;
};

/** Gives a valid access token, got with an assertion signed by the agent's own key and renewed before it ends. */
export function createTokenSource(options: {
  readonly endpoint: string;
  readonly id: string;
  readonly key: AgentKey;
  readonly send: Send;
}): TokenSource {
  let current: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async () => {
    const response = await options.send(() => requestToken(options));
    if (!response.ok) throw await errorOf(response);
    const { access_token, expires_in } = answer.parse(await response.json());
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

async function requestToken({ endpoint, id, key }: { endpoint: string; id: string; key: AgentKey }) {
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
    }),
  });
}
