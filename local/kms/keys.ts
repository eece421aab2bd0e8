import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import type { Resource } from '../service.ts';
import { readProperties } from '../template/read-properties.ts';

type Named = { readonly id: string; readonly arn: string; readonly spec: string };
/** A key of the template with its material. */
export type LocalKey = Named &
  (
    | { readonly kind: 'symmetric'; readonly secret: Buffer }
    | { readonly kind: 'asymmetric'; readonly privateKey: KeyObject }
  );

/** Finds keys by id, ARN, alias name or alias ARN. */
export type KeyStore = { find(name: string): LocalKey | undefined };

const keyProperties = z.strictObject({
  KeySpec: z.string().default('SYMMETRIC_DEFAULT'),
  KeyUsage: z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY']).optional(),
  Description: z.string().optional(),
  Tags: z.unknown().optional(),
  /** Key policies, rotation and the end of a key are AWS's business. */
  KeyPolicy: z.unknown().optional(),
  EnableKeyRotation: z.unknown().optional(),
  RotationPeriodInDays: z.unknown().optional(),
  PendingWindowInDays: z.unknown().optional(),
});
const aliasProperties = z.looseObject({ AliasName: z.string(), TargetKeyId: z.string() });

/** Makes each key's material once and keeps it under `directory/kms`, readable by its owner alone. */
export function openKeys(options: {
  readonly resources: readonly Resource[];
  readonly directory: string;
}): KeyStore {
  const home = join(options.directory, 'kms');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const keys = options.resources
    .filter(({ type }) => type === 'AWS::KMS::Key')
    .map((key) => openKey(key, home));
  const aliases = options.resources
    .filter(({ type }) => type === 'AWS::KMS::Alias')
    .map(({ arn, properties }) => ({ arn, ...aliasProperties.parse(properties) }));
  const find = (name: string): LocalKey | undefined => {
    const alias = aliases.find(({ AliasName, arn }) => AliasName === name || arn === name);
    const target = alias?.TargetKeyId ?? name;
    return keys.find(({ id, arn }) => id === target || arn === target);
  };
  return { find };
}

function openKey(resource: Resource, home: string): LocalKey {
  const { KeySpec: spec } = readProperties(resource, keyProperties);
  const named = { id: resource.ref, arn: resource.arn, spec };
  const file = join(home, resource.ref);
  if (spec === 'SYMMETRIC_DEFAULT') {
    const secret = kept(file, () => randomBytes(32).toString('base64'));
    return { ...named, kind: 'symmetric', secret: Buffer.from(secret, 'base64') };
  }
  if (spec === 'ECC_NIST_EDWARDS25519') {
    const pem = kept(file, () =>
      generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    );
    return { ...named, kind: 'asymmetric', privateKey: createPrivateKey(pem) };
  }
  throw new BootError(
    `${resource.stack}/${resource.logicalId}: a key of KeySpec ${spec} is not run on the laptop`,
  );
}

/** Written whole or not at all: half a key would be none for ever. */
function kept(file: string, make: () => string): string {
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, make(), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8');
}
