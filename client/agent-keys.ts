import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

export type AgentKeys = {
  /** Stays with the agent: whoever holds it is the agent. */
  readonly privateJwk: JWK & { readonly kid: string };
  /** Goes into the agent's manifest, under `keys`. */
  readonly publicJwk: {
    readonly kty: 'OKP';
    readonly crv: 'Ed25519';
    readonly x: string;
    readonly kid: string;
  };
};

/** A fresh Ed25519 key pair; its `kid` is the key's own thumbprint (RFC 7638), so two keys never share one. */
export async function makeAgentKeys(): Promise<AgentKeys> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x = '' } = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  const privateJwk = { ...(await exportJWK(pair.privateKey)), alg: 'EdDSA', kid };
  return { privateJwk, publicJwk: { kty: 'OKP', crv: 'Ed25519', x, kid } };
}
