import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export type AgentKeys = { readonly privateKey: CryptoKey; readonly publicJwk: JWK & { kid: string } };

/** A fresh Ed25519 or P-256 pair as an agent makes it. */
export async function makeKeys(kid = 'k1', alg: 'EdDSA' | 'ES256' = 'EdDSA'): Promise<AgentKeys> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid } };
}

export type AssertionParts = {
  readonly client?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly kid?: string;
  readonly jti?: string;
  readonly issuedAt?: Date;
  readonly seconds?: number;
  readonly alg?: string;
  readonly header?: Readonly<Record<string, unknown>>;
};

/** A client assertion, right unless a part says otherwise. */
export function signAssertion(
  keys: AgentKeys,
  audience: string,
  now: Date,
  parts: AssertionParts = {},
): Promise<string> {
  const client = parts.client ?? 'agt_buyer';
  const iat = Math.floor((parts.issuedAt ?? now).getTime() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: parts.alg ?? 'EdDSA', kid: parts.kid ?? keys.publicJwk.kid, ...parts.header })
    .setIssuer(client)
    .setSubject(parts.subject ?? client)
    .setAudience(parts.audience ?? audience)
    .setJti(parts.jti ?? crypto.randomUUID())
    .setIssuedAt(iat)
    .setExpirationTime(iat + (parts.seconds ?? 60))
    .sign(keys.privateKey);
}
