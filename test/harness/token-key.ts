import { generateKeyPairSync, sign } from 'node:crypto';
import { exportJWK } from 'jose';
import type { TokenKey } from '../../functions/aws/token-key.ts';

const pair = generateKeyPairSync('ed25519');
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token key with its private half in this process: KMS makes the same bytes. */
export const tokenKey: TokenKey = {
  publicKey: async () => pair.publicKey,
  jwk: async () => ({ ...(await exportJWK(pair.publicKey)), kid: 'token-key', alg: 'EdDSA', use: 'sig' }),
  sign: async (claims) => {
    const signed = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid: 'token-key' })}.${encode(claims)}`;
    return `${signed}.${sign(null, Buffer.from(signed), pair.privateKey).toString('base64url')}`;
  },
};
