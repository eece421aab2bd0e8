import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/** 256 random bits as text that fits a cookie. */
export const newSecret = () => randomBytes(32).toString('base64url');

/** `session` is a signed-in browser's, `asking` that of one that asked for a code, `oidc` of one sent to the provider. */
export type CookieName = 'session' | 'asking' | 'oidc';

/** Other sites' links and redirects bring none of them, but the one that must come back from the provider. */
const sameSite = (name: CookieName) => (name === 'oidc' ? 'Lax' : 'Strict');

/**
 * The browser's secrets, out of reach of scripts and other sites. `__Host-` and `Secure` wherever the API has TLS; the
 * laptop's loopback has none, and not every browser takes a secure cookie from it.
 */
export function cookiesOf(apiUrl: string) {
  const secure = new URL(apiUrl).protocol === 'https:';
  const nameOf = (name: CookieName) => `${secure ? '__Host-' : ''}autonomy-${name}`;
  const attributes = (name: CookieName) =>
    ({ path: '/', httpOnly: true, secure, sameSite: sameSite(name) }) as const;
  return {
    /** The secret of this cookie, when it looks like one of ours. */
    read: (c: Context, name: CookieName): string | undefined => {
      const value = getCookie(c, nameOf(name)) ?? '';
      return /^[\w-]{43}$/.test(value) ? value : undefined;
    },
    give: (c: Context, name: CookieName, value: string, seconds: number) =>
      setCookie(c, nameOf(name), value, { ...attributes(name), maxAge: seconds }),
    take: (c: Context, name: CookieName) => void deleteCookie(c, nameOf(name), attributes(name)),
  };
}
