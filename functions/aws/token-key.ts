import { createPublicKey, type KeyObject } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { exportJWK, type JWK } from 'jose';
import type { TokenClaims } from '../../core/identity/issue-token.ts';
import { Fault } from '../../core/fault.ts';

/** The key that signs access tokens. KMS keeps the private part; the public part is asked for once per process. */
export type TokenKey = {
  /** A signed JWT (`typ: at+jwt`, EdDSA). */
  sign(claims: TokenClaims): Promise<string>;
  publicKey(): Promise<KeyObject>;
  /** The public key as JWK with `kid`, `alg` and `use`. */
  jwk(): Promise<JWK>;
};

export function createTokenKey(kms: KMSClient, keyId: string): TokenKey {
  const kid = keyId.slice(-36);
  let cached: Promise<KeyObject> | undefined;
  const publicKey = () => (cached ??= fetchPublicKey(kms, keyId).catch(forget));
  const forget = (error: unknown): never => {
    cached = undefined;
    throw error;
  };
  return {
    publicKey,
    jwk: async () => ({ ...(await exportJWK(await publicKey())), kid, alg: 'EdDSA', use: 'sig' }),
    sign: async (claims) => {
      const signed = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid })}.${encode(claims)}`;
      const reply = await kms.send(
        new SignCommand({
          KeyId: keyId,
          Message: Buffer.from(signed),
          MessageType: 'RAW',
          SigningAlgorithm: 'ED25519_SHA_512',
        }),
      );
      if (!reply.Signature) throw new Fault('DependencyFailed', 'KMS gave no signature');
      return `${signed}.${Buffer.from(reply.Signature).toString('base64url')}`;
    },
  };
}

async function fetchPublicKey(kms: KMSClient, keyId: string): Promise<KeyObject> {
  const reply = await kms.send(new GetPublicKeyCommand({ KeyId: keyId }));
  if (!reply.PublicKey) throw new Fault('DependencyFailed', 'KMS gave no public key');
  return createPublicKey({ key: Buffer.from(reply.PublicKey), format: 'der', type: 'spki' });
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
