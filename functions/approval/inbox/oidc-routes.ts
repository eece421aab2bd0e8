import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Hono } from 'hono';
import { html } from 'hono/html';
import { openByProvider, oidcKey } from '../../../core/approval/oidc-sign-in.ts';
import { SESSION_SECONDS } from '../../../core/approval/session.ts';
import { CODE_SECONDS } from '../../../core/approval/sign-in.ts';
import { isRefusal } from '../../../core/change.ts';
import { errorDetails } from '../../aws/log.ts';
import { decideAndCommit } from '../../aws/registry.ts';
import type { ApiContext } from '../../http/lambda.ts';
import { hashSecret } from '../ask-approvers.ts';
import { page } from '../page-frame.ts';
import { notice } from '../page-replies.ts';
import { pageHeaders } from '../page-style.ts';
import { cookiesOf } from './cookies.ts';
import type { FindPerson } from './find-person.ts';
import type { InboxDeps } from './inbox-deps.ts';
import type { OidcProvider } from './oidc-provider.ts';

type OidcDeps = InboxDeps & { readonly findPerson: FindPerson; readonly oidc: OidcProvider };

/** State, nonce and PKCE verifier of one sign-in, all from the browser's secret: nothing is stored for a stranger. */
const derived = (secret: string, what: 'state' | 'nonce' | 'verifier') =>
  createHmac('sha256', secret).update(what).digest('base64url');

/** Signing in by the company's provider; an authorization code opens one session, in the browser that asked for it. */
export function addOidc(app: Hono<ApiContext>, deps: OidcDeps): void {
  const cookies = cookiesOf(deps.apiUrl);
  const redirectUri = `${deps.apiUrl}/inbox/oidc/callback`;
  app.get('/inbox/oidc/start', async (c) => {
    const secret = deps.newSecret();
    const challenge = createHash('sha256').update(derived(secret, 'verifier')).digest('base64url');
    const [state, nonce] = [derived(secret, 'state'), derived(secret, 'nonce')];
    const location = await deps.oidc
      .authorizationUrl({ redirectUri, state, nonce, challenge })
      .catch((error: unknown) => void deps.log('error', 'SIGN_IN_REFUSED', errorDetails(error)));
    if (location === undefined) return notice(c, 403, notSignedIn);
    cookies.give(c, 'oidc', secret, CODE_SECONDS);
    return c.body(null, 303, { ...pageHeaders, location });
  });
  app.get('/inbox/oidc/callback', async (c) => {
    const secret = cookies.read(c, 'oidc');
    const { code, state } = c.req.query();
    cookies.take(c, 'oidc');
    const ours = secret !== undefined && isSame(state ?? '', derived(secret, 'state'));
    const session = ours && code ? await openWith(deps, { secret, code, redirectUri }) : undefined;
    if (session === undefined) return notice(c, 403, notSignedIn);
    cookies.give(c, 'session', session, SESSION_SECONDS);
    return c.html(signedInPage(), 200, pageHeaders);
  });
}

const notSignedIn = {
  title: 'You are not signed in',
  message:
    'The sign-in was not completed, took too long, or its verified e-mail address belongs to nobody here. Open the inbox and try again.',
};

/** A page of ours between the provider and the inbox: the strict cookie does not come along with a redirect from there. */
const signedInPage = () =>
  page(
    'You are signed in',
    html`<section class="card">
      <h1>You are signed in</h1>
      <p><a href="/inbox">Open your inbox</a></p>
    </section>`,
  );

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The secret of a new session; whatever is not as it must be opens none and is told to the log alone. */
async function openWith(
  deps: OidcDeps,
  { secret, code, redirectUri }: { secret: string; code: string; redirectUri: string },
): Promise<string | undefined> {
  try {
    const binding = { nonce: derived(secret, 'nonce'), verifier: derived(secret, 'verifier') };
    const person = await deps.findPerson(await deps.oidc.addressOf(code, redirectUri, binding));
    if (!person) throw new Error('the address belongs to nobody here');
    const session = deps.newSecret();
    const signIn = { hash: hashSecret(secret), session: hashSecret(session) };
    const opened = await decideAndCommit(deps.registry, async () => {
      const [used] = await deps.registry.load([oidcKey(signIn.hash)]);
      return openByProvider({ person, used: used !== undefined }, signIn, deps.now());
    });
    if (isRefusal(opened)) throw new Error(opened.detail);
    return session;
  } catch (error) {
    deps.log('warn', 'SIGN_IN_REFUSED', errorDetails(error));
    return undefined;
  }
}
