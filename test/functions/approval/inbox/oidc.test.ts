import { createHash } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOidcProvider } from '../../../../functions/approval/inbox/oidc-provider.ts';
import { readOidc } from '../../../../functions/approval/inbox/read-oidc.ts';
import { API_URL } from '../../../harness/approvers.ts';
import { startWorld, type World } from '../../../harness/door.ts';
import { NOW } from '../../../harness/facts.ts';
import { browserOf, type InboxBrowser, openInbox } from '../../../harness/inbox.ts';
import { startProvider, type StandInProvider } from '../../../harness/oidc-provider.ts';
import { change, organisation } from '../../../harness/organisation.ts';

const clientId = 'autonomy inbox';
let world: World;
let provider: StandInProvider;
beforeAll(async () => {
  world = await startWorld();
  provider = await startProvider(clientId, () => world.clock.now);
});
afterAll(() => Promise.all([world.stop(), provider.stop()]));
beforeEach(() => {
  world.clock.now = NOW;
  provider.lie = {};
});

const inbox = (secret?: string) =>
  openInbox(world, {
    oidc: createOidcProvider(
      { issuer: provider.issuer, clientId, secret: secret === undefined ? undefined : async () => secret },
      () => world.clock.now,
    ),
  });
const isIn = async (browser: InboxBrowser) => (await browser.open('/inbox')).text.includes('Sign out');
async function starts(browser: InboxBrowser, email = 'ada@example.com') {
  const started = await browser.open('/inbox/oidc/start');
  return { started, ...provider.signIn(started.headers.get('location') ?? '', email) };
}
const back = (browser: InboxBrowser, { code, state }: { code: string; state: string }) =>
  browser.open(`/inbox/oidc/callback?${new URLSearchParams({ code, state }).toString()}`);
/** A whole sign-in; whether it ended in a session. */
async function signsIn(email?: string): Promise<boolean> {
  const browser = browserOf(inbox());
  const { status } = await back(browser, await starts(browser, email));
  expect([200, 403]).toContain(status);
  expect(await isIn(browser)).toBe(status === 200);
  return status === 200;
}

describe('signing in by the company’s provider', () => {
  it('opens a session for the person of the verified address', async () => {
    const browser = browserOf(inbox());
    expect((await browser.open('/inbox')).text).toContain('/inbox/oidc/start');
    const { started, ...answer } = await starts(browser, 'Ada@Example.com');
    expect(started.status).toBe(303);
    const asked = new URL(started.headers.get('location') ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      scope: 'openid email',
      client_id: clientId,
      redirect_uri: `${API_URL}/inbox/oidc/callback`,
      code_challenge_method: 'S256',
    });
    expect(started.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-autonomy-oidc=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    const { status, text, headers } = await back(browser, answer);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(text).toContain('Open your inbox');
    expect((await browser.open('/inbox')).text).toContain('Signed in as ada@example.com');
    const signedIn = (await world.database.events()).filter(({ type }) => type === 'person.signed-in');
    expect(signedIn).toMatchObject([{ actor: { kind: 'person', id: 'ada' }, data: { way: 'oidc' } }]);
  });

  it('shows a public client by PKCE and another by its secret, each to the provider alone', async () => {
    for (const secret of [undefined, 'a:b c']) {
      const browser = browserOf(inbox(secret));
      const { started, ...answer } = await starts(browser);
      await back(browser, answer);
      const { form, authorization } = provider.asked.at(-1) ?? {};
      const verifier = form?.get('code_verifier') ?? '';
      expect(createHash('sha256').update(verifier).digest('base64url')).toBe(
        new URL(started.headers.get('location') ?? '').searchParams.get('code_challenge'),
      );
      expect(started.headers.get('location')).not.toContain(verifier);
      expect(authorization).toBe(
        secret && `Basic ${Buffer.from('autonomy%20inbox:a%3Ab%20c').toString('base64')}`,
      );
      expect(await isIn(browser)).toBe(true);
    }
  });

  it('opens none in another browser, for another state, or twice', async () => {
    const [mine, other] = [browserOf(inbox()), browserOf(inbox())];
    const answer = await starts(mine);
    expect(await back(other, answer)).toMatchObject({ status: 403 });
    await starts(other);
    expect(await back(other, answer)).toMatchObject({ status: 403 });
    expect(await isIn(other)).toBe(false);
    const again = await starts(mine);
    expect(await back(mine, { ...again, state: answer.state })).toMatchObject({ status: 403 });
    const last = await starts(mine);
    const kept = new Map(mine.jar);
    expect(await back(mine, last)).toMatchObject({ status: 200 });
    kept.forEach((value, name) => mine.jar.set(name, value));
    mine.jar.delete('__Host-autonomy-session');
    const used = provider.signIn(last.started.headers.get('location') ?? '', 'ada@example.com');
    expect(await back(mine, used)).toMatchObject({ status: 403 });
    expect(world.lines.at(-1)).toMatchObject([
      'warn',
      'SIGN_IN_REFUSED',
      { reason: 'this sign-in opened its session before' },
    ]);
    expect(await isIn(mine)).toBe(false);
  });

  it('does not believe a token that was made for another sign-in', async () => {
    const [mine, other] = [browserOf(inbox()), browserOf(inbox())];
    const { state } = await starts(mine);
    provider.lie = { ignorePkce: true };
    const { code } = await starts(other, 'ben@example.com');
    expect(await back(mine, { code, state })).toMatchObject({ status: 403 });
    provider.lie = {};
    const stolen = await starts(other, 'ben@example.com');
    const { state: own } = await starts(mine);
    expect(await back(mine, { code: stolen.code, state: own })).toMatchObject({ status: 403 });
  });

  const seconds = NOW.getTime() / 1000;
  it.each([
    ['another issuer', { claims: { iss: 'https://evil.example.com' } }],
    ['another audience', { claims: { aud: 'another' } }],
    ['several audiences and no word whose it is', { claims: { aud: [clientId, 'another'] } }],
    ['another party', { claims: { azp: 'another' } }],
    ['an address nobody verified', { claims: { email_verified: false } }],
    ['an address verified in words', { claims: { email_verified: 'true' } }],
    ['no word on the address', { claims: { email_verified: undefined } }],
    ['no address', { claims: { email: undefined } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another nonce', { claims: { nonce: 'another' } }],
    ['no end', { claims: { exp: undefined } }],
    ['an end that passed', { claims: { exp: seconds - 31 } }],
    ['an age of eleven minutes', { claims: { iat: seconds - 660, exp: seconds + 300 } }],
    ['a shared secret’s signature', { header: { alg: 'HS256' } }],
    ['a name of its own that differs', { discovery: { issuer: 'https://evil.example.com' } }],
  ])('opens none for a token with %s', async (_, lie) => {
    provider.lie = lie;
    const browser = browserOf(inbox());
    const started = await browser.open('/inbox/oidc/start');
    if (started.status !== 303) return expect(started.status).toBe(403);
    const { status } = await back(
      browser,
      provider.signIn(started.headers.get('location') ?? '', 'ada@example.com'),
    );
    expect([status, await isIn(browser)]).toEqual([403, false]);
  });

  it('opens none for who is not in the directory, or left', async () => {
    expect(await signsIn('stranger@example.com')).toBe(false);
    expect(await signsIn('rita@example.com')).toBe(true);
    await world.apply(change(organisation(), 'Person rita', { status: 'left' }));
    expect(await signsIn('rita@example.com')).toBe(false);
    await world.apply(organisation());
  });

  it('stores nothing for a stranger, and nothing that opens a session', async () => {
    const scan = async () =>
      (await world.database.client.send(new ScanCommand({ TableName: 'registry' }))).Items ?? [];
    const before = (await scan()).length;
    const browser = browserOf(inbox());
    const answer = await starts(browser);
    const secret = browser.jar.get('__Host-autonomy-oidc') ?? '';
    expect(await scan()).toHaveLength(before);
    await back(browser, answer);
    const all = JSON.stringify([await scan(), await world.database.events(), world.lines]);
    const verifier = provider.asked.at(-1)?.form.get('code_verifier') ?? '';
    const session = browser.jar.get('__Host-autonomy-session') ?? '';
    for (const text of [secret, verifier, session, answer.code, answer.state])
      expect(all).not.toContain(text);
  });

  it('is not there when no provider is set', async () => {
    const browser = browserOf(openInbox(world));
    expect((await browser.open('/inbox')).text).not.toContain('oidc');
    expect(await browser.open('/inbox/oidc/start')).toMatchObject({ status: 404 });
    expect(await browser.open('/inbox/oidc/callback?code=a&state=b')).toMatchObject({ status: 404 });
  });
});

describe('the settings of a provider', () => {
  const none = () => Promise.resolve('');
  it('are whole or none', () => {
    expect(readOidc('{}', none)).toBeUndefined();
    const issuer = 'https://login.example.com';
    expect(readOidc(JSON.stringify({ issuer, clientId }), none)).toMatchObject({ issuer, clientId });
    expect(() => readOidc(JSON.stringify({ issuer }), none)).toThrow('issuer and clientId');
  });
});
