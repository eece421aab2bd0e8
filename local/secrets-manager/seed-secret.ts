import { randomInt } from 'node:crypto';
import * as z from 'zod';
import type { Resource } from '../service.ts';
import { readProperties } from '../template/read-properties.ts';
import type { SecretStore } from './secret-store.ts';

const generated = z.strictObject({
  PasswordLength: z.number().int().min(1).max(4096).default(32),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  /** What is generated here is letters and digits. */
  ExcludePunctuation: z.unknown().optional(),
  IncludeSpace: z.literal(false).optional(),
});

const properties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  Tags: z.unknown().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generated.optional(),
});

/** Gives a secret of the template its first value, once: what was put since stays. */
export function seedSecret(store: SecretStore, resource: Resource): void {
  const { SecretString, GenerateSecretString } = readProperties(resource, properties);
  const { arn } = resource;
  if (store.find(arn)) return;
  const name = nameOf(arn);
  const value =
    store.find(name)?.value ?? SecretString ?? (GenerateSecretString && generate(GenerateSecretString));
  store.write({ name, arn, value: value ?? null });
}

function nameOf(arn: string): string {
  return arn.replace(/^.*:secret:/, '').replace(/-[0-9a-f]{6}$/, '');
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function generate({ PasswordLength, SecretStringTemplate, GenerateStringKey }: z.infer<typeof generated>) {
  const password = Array.from({ length: PasswordLength }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return password;
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(SecretStringTemplate));
  return JSON.stringify({ ...fields, [GenerateStringKey]: password });
}
