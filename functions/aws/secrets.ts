import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Fault } from '../../core/fault.ts';

/**
 * A secret's value by its name, kept in memory for five minutes; it goes into a request and nowhere else. `fresh` asks
 * again, for a value that a system just refused.
 */
export type ReadSecret = (name: string, fresh?: boolean) => Promise<string>;

const KEPT_MS = 5 * 60_000;

export function createReadSecret(secrets: SecretsManagerClient, now: () => Date): ReadSecret {
  const kept = new Map<string, { readonly value: string; readonly until: number }>();
  return async (name, fresh = false) => {
    const known = kept.get(name);
    if (known && !fresh && known.until > now().getTime()) return known.value;
    const reply = await secrets.send(new GetSecretValueCommand({ SecretId: name }));
    if (reply.SecretString === undefined) {
      throw new Fault('DependencyFailed', `secret ${name} has no text value: store one`);
    }
    kept.set(name, { value: reply.SecretString, until: now().getTime() + KEPT_MS });
    return reply.SecretString;
  };
}
