import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';

/** Where a private key lies, and its public part as JWK. */
export type KeyFile = { readonly file: string; readonly publicKey: Readonly<Record<string, string>> };

/** The key pair of an agent, made here once; the private part is readable by its owner alone. */
export async function agentKey(directory: string, name: string): Promise<KeyFile> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, `${name}.jwk.json`);
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: `${name}-1` };
    writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  const { d, ...publicKey } = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
  return { file, publicKey };
}
