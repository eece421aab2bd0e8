import * as z from 'zod';
import { Fault } from '../../../core/fault.ts';
import type { ReadSecret } from '../../aws/secrets.ts';
import type { OidcSettings } from './oidc-provider.ts';

const client = z.union([
  z.strictObject({
    issuer: z.url({ protocol: /^https?$/ }),
    clientId: z.string().min(1),
    secretName: z.string().min(1).optional(),
  }),
  z.strictObject({}),
]);

/** The company's provider as the environment names it; `undefined` when it names none. */
export function readOidc(text: string, readSecret: ReadSecret): OidcSettings | undefined {
  const parsed = client.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Fault('SettingsInvalid', 'inbox: OIDC needs issuer and clientId, or nothing');
  if (!('issuer' in parsed.data)) return undefined;
  const { issuer, clientId, secretName } = parsed.data;
  return { issuer, clientId, secret: secretName === undefined ? undefined : () => readSecret(secretName) };
}
