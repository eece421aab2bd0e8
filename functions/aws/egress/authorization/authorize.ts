import type { System, SystemAuth } from '../../../../core/governance/system.ts';
import type { ReadSecret } from '../../secrets.ts';
import type { AskToken } from './tokens.ts';

/** What a request to a system carries to prove who we are. `secrets` must be shown to nobody. */
export type Authorization = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
};

/** Why a system's requests can't prove who we are; nothing was sent to it. */
export type NotAuthorized = { readonly code: 'no-secret' | 'no-token'; readonly detail: string };

/** Resolves a system's secret at the last moment. `refused` is what the system just did not take: something newer is tried. */
export type Authorize = (
  system: System,
  signal: AbortSignal,
  refused?: Authorization,
) => Promise<Authorization | NotAuthorized>;

export function createAuthorize(deps: {
  readonly readSecret: ReadSecret;
  readonly askToken: AskToken;
}): Authorize {
  return async (system, signal, refused) => {
    const auth = authOf(system);
    if (!auth) return { headers: {}, query: {}, secrets: [] };
    if (auth.type === 'oauth2') return byToken(await deps.askToken({ system, auth, signal, refused }));
    try {
      const authorization = bySecret(auth, await deps.readSecret(auth.secret, refused !== undefined));
      if (Object.values(authorization.headers).every(isHeaderValue)) return authorization;
      return unusable(system, 'it can not stand in a header');
    } catch (error) {
      return unusable(system, error instanceof Error ? error.name : 'error');
    }
  };
}

/** `bearerSecret` is the short form of a bearer's `auth`. */
export function authOf({ auth, bearerSecret }: System): SystemAuth | undefined {
  return auth ?? (bearerSecret === undefined ? undefined : { type: 'bearer', secret: bearerSecret });
}

function bySecret(auth: Exclude<SystemAuth, { type: 'oauth2' }>, secret: string): Authorization {
  const none = { headers: {}, query: {}, secrets: [secret] };
  switch (auth.type) {
    case 'bearer':
      return { ...none, headers: { authorization: `Bearer ${secret}` } };
    case 'basic': {
      const pair = Buffer.from(`${auth.username}:${secret}`).toString('base64');
      return { ...none, headers: { authorization: `Basic ${pair}` }, secrets: [secret, pair] };
    }
    case 'api-key':
      return auth.in === 'header'
        ? { ...none, headers: { [auth.name.toLowerCase()]: secret } }
        : { ...none, query: { [auth.name]: secret } };
  }
}

const byToken = (told: Awaited<ReturnType<AskToken>>): Authorization | NotAuthorized =>
  'code' in told
    ? told
    : { headers: { authorization: `Bearer ${told.token}` }, query: {}, secrets: told.secrets };

/** What stands in a header the same for everyone: ASCII without line breaks. */
export const isHeaderValue = (value: string): boolean => /^[\t\x20-\x7e]*$/.test(value);

const unusable = ({ id }: System, why: string): NotAuthorized => ({
  code: 'no-secret',
  detail: `the secret of system ${id} could not be used, so nothing was sent: ${why}`,
});
