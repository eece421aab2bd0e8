import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { signInKey } from '../../../../core/approval/sign-in.ts';
import { sessionKey } from '../../../../core/approval/session.ts';
import { hashSecret } from '../../../../functions/approval/ask-approvers.ts';
import { lambdaHandler } from '../../../../functions/http/lambda.ts';
import { fromThePage } from '../../../harness/approvers.ts';
import { startWorld, type World } from '../../../harness/door.ts';
import { later } from '../../../harness/facts.ts';
import { browserOf, codeIn, type Inbox, openInbox, signIn } from '../../../harness/inbox.ts';
import { change, organisation } from '../../../harness/organisation.ts';

let world: World;
let inbox: Inbox;
let hour = 0;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  hour += 1;
  world.clock.now = later(hour * 3 * 3600);
  inbox = openInbox(world);
});

const session = '__Host-autonomy-session';
const afterSeconds = (seconds: number) => {
  world.clock.now = later(hour * 3 * 3600 + seconds);
};
const asks = async (email = 'ada@example.com') => {
  const browser = browserOf(inbox);
  const asked = await browser.send('/inbox/sign-in', { email });
  return { ...browser, asked, code: codeIn(inbox.mails.at(-1)), email };
};
type Asking = Awaited<ReturnType<typeof asks>>;
const tries = ({ send, email }: Asking, code: string) => send('/inbox/code', { email, code });
const isIn = async ({ open }: Pick<Asking, 'open'>) => (await open('/inbox')).text.includes('Sign out');

describe('a code by e-mail', () => {
  it('opens a session in the browser that asked, for the person of the address however it is written', async () => {
    const ada = await asks(' Ada@Example.com ');
    expect(inbox.mails.at(-1)?.to).toBe('ada@example.com');
    const used = await tries(ada, ada.code);
    expect([used.status, used.headers.get('location')]).toEqual([303, '/inbox']);
    expect((await ada.open('/inbox')).text).toContain('Signed in as ada@example.com');
  });

  it('is not needed to see the form, and nothing else is seen without a session', async () => {
    const stranger = browserOf(inbox);
    expect((await stranger.open('/inbox')).text).toContain('Your e-mail address');
    expect(await stranger.open('/inbox/approvals/apr_0123456789')).toMatchObject({ status: 401 });
    stranger.jar.set(session, 'A'.repeat(43));
    expect(await isIn(stranger)).toBe(false);
  });

  it.each(['nobody@example.com', 'not an address', '', 'ada@example.com\r\nBcc: all@example.com'])(
    'never tells whether %j is known: same status, headers, words and time taken',
    async (email) => {
      const [known, unknown] = [await asks('ben@example.com'), await asks(email)];
      const told = ({ asked }: Asking) => ({
        status: asked.status,
        text: asked.text.replaceAll(/value="[^"]*"|If we know [^]*?, a code/g, ''),
        headers: [...asked.headers].map(([name, value]) => [name, value.replace(/[\w-]{43}/, '…')]),
      });
      expect(told(unknown)).toEqual(told(known));
      const wrong = [await tries(known, '00000000'), await tries(unknown, '00000000')];
      expect(wrong.map(({ status }) => status)).toEqual([403, 403]);
      expect(told({ ...unknown, asked: wrong[1] ?? unknown.asked })).toEqual(
        told({ ...known, asked: wrong[0] ?? known.asked }),
      );
      expect(inbox.pauses.count).toBe(4);
      expect(inbox.mails.map(({ to }) => to)).toEqual(['ben@example.com']);
    },
  );

  it('answers the same when the mail is not taken', async () => {
    inbox = openInbox(world, { sendMail: () => Promise.reject(new Error('throttled')) });
    expect(await asks()).toMatchObject({ asked: { status: 200 } });
    expect(world.lines.at(-1)).toMatchObject(['error', 'CODE_NOT_MAILED', { person: 'ada' }]);
  });

  it('is over after five wrong ones, whatever comes then', async () => {
    const ada = await asks();
    for (let n = 0; n < 5; n += 1) await tries(ada, `0000000${n}`);
    expect(await tries(ada, ada.code)).toMatchObject({ status: 403 });
    expect(await isIn(ada)).toBe(false);
  });

  it('counts guesses that come at once', async () => {
    const ada = await asks();
    await Promise.all(Array.from({ length: 9 }, (_, n) => tries(ada, `1111111${n}`)));
    expect((await world.deps.registry.load([signInKey('ada')]))[0]).toMatchObject({ code: { tries: 5 } });
    expect(await tries(ada, ada.code)).toMatchObject({ status: 403 });
  });

  it('is good at the fourth wrong one', async () => {
    const ada = await asks();
    for (let n = 0; n < 4; n += 1) await tries(ada, `0000000${n}`);
    expect(await tries(ada, ada.code)).toMatchObject({ status: 303 });
  });

  it('is good for ten minutes to the second', async () => {
    const [ada, ben] = [await asks(), await asks('ben@example.com')];
    afterSeconds(599);
    expect(await tries(ada, ada.code)).toMatchObject({ status: 303 });
    afterSeconds(600);
    expect(await tries(ben, ben.code)).toMatchObject({ status: 403 });
  });

  it('is good once, for its own person, in its own browser, while it is the newest', async () => {
    const [ada, ben] = [await asks(), await asks('ben@example.com')];
    expect(await tries(ben, ada.code)).toMatchObject({ status: 403 });
    expect(await tries({ ...ben, email: ada.email }, ada.code)).toMatchObject({ status: 403 });
    expect((await world.deps.registry.load([signInKey('ada')]))[0]).toMatchObject({ code: { tries: 0 } });
    const newer = await asks();
    expect(await tries(ada, ada.code)).toMatchObject({ status: 403 });
    expect(await tries(ada, newer.code)).toMatchObject({ status: 403 });
    const asking = newer.jar.get('__Host-autonomy-asking') ?? '';
    expect(await tries(newer, newer.code)).toMatchObject({ status: 303 });
    newer.jar.set('__Host-autonomy-asking', asking);
    expect(await tries(newer, newer.code)).toMatchObject({ status: 403 });
  });

  it('is sent five times an hour and no more', async () => {
    for (let n = 0; n < 6; n += 1) await asks('cleo@example.com');
    expect(inbox.mails).toHaveLength(5);
    afterSeconds(3599);
    await asks('cleo@example.com');
    expect(inbox.mails).toHaveLength(5);
    afterSeconds(3600);
    await asks('cleo@example.com');
    expect(inbox.mails).toHaveLength(6);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example.com' }],
    ['no origin', { origin: '' }],
    ['a cross-site page', { 'sec-fetch-site': 'cross-site' }],
    ['a script’s content type', { 'content-type': 'text/plain' }],
  ])('does nothing for a form from %s', async (_, headers) => {
    const ada = await asks();
    const forged = { ...fromThePage, ...headers };
    expect(await ada.send('/inbox/sign-in', { email: ada.email }, forged)).toMatchObject({ status: 400 });
    expect(await ada.send('/inbox/code', { email: ada.email, code: ada.code }, forged)).toMatchObject({
      status: 400,
    });
    expect(inbox.mails).toHaveLength(1);
    await tries(ada, ada.code);
    expect(await ada.send('/inbox/sign-out', {}, forged)).toMatchObject({ status: 403 });
    expect(await isIn(ada)).toBe(true);
  });
});

describe('a session', () => {
  it('lives in a cookie no script and no other site gets', async () => {
    const ada = await asks();
    expect(ada.asked.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-autonomy-asking=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    expect((await tries(ada, ada.code)).headers.getSetCookie()).toEqual([
      '__Host-autonomy-asking=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
      expect.stringMatching(
        /^__Host-autonomy-session=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
  });

  it('travels as API Gateway carries cookies', async () => {
    const ada = await asks();
    const handler = lambdaHandler(inbox.api);
    const call = async (method: string, rawPath: string, cookies: string[], body = '') => {
      const headers = { ...fromThePage, host: 'api.example.com' };
      const requestContext = { domainName: 'api.example.com', http: { method, path: rawPath } };
      const request = { version: '2.0', rawPath, rawQueryString: '', headers, cookies, requestContext, body };
      const reply: unknown = await handler({ ...request, isBase64Encoded: false } as never);
      return z.object({ body: z.string(), cookies: z.array(z.string()).optional() }).parse(reply);
    };
    const asking = `__Host-autonomy-asking=${ada.jar.get('__Host-autonomy-asking') ?? ''}`;
    const form = new URLSearchParams({ email: ada.email, code: ada.code }).toString();
    const { cookies = [] } = await call('POST', '/inbox/code', ['other=1', asking], form);
    expect(cookies).toHaveLength(2);
    const [given = ''] = cookies[1]?.split(';') ?? [];
    expect((await call('GET', '/inbox', ['other=1', given])).body).toContain('Signed in as ada@example.com');
  });

  it('has a plain cookie on the laptop, whose loopback has no TLS', async () => {
    inbox = openInbox(world, { apiUrl: 'http://127.0.0.1:4100' });
    const browser = browserOf(inbox, 'http://127.0.0.1:4100');
    const headers = { ...fromThePage, origin: 'http://127.0.0.1:4100' };
    const { headers: got } = await browser.send('/inbox/sign-in', { email: 'ada@example.com' }, headers);
    expect(got.getSetCookie()[0]).toMatch(
      /^autonomy-asking=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it('lasts eight hours to the second', async () => {
    const ada = await signIn(inbox, 'ada');
    afterSeconds(8 * 3600 - 1);
    expect(await isIn(ada)).toBe(true);
    afterSeconds(8 * 3600);
    expect(await isIn(ada)).toBe(false);
  });

  it('ends by signing out, also for who kept the cookie, and no other with it', async () => {
    const [ada, other] = [await signIn(inbox, 'ada'), await signIn(inbox, 'ada')];
    const kept = ada.jar.get(session) ?? '';
    expect(await ada.send('/inbox/sign-out', {})).toMatchObject({ status: 303 });
    expect(ada.jar.has(session)).toBe(false);
    ada.jar.set(session, kept);
    expect(await isIn(ada)).toBe(false);
    expect(await isIn(other)).toBe(true);
  });

  it.each([
    ['left', { status: 'left' }],
    ['got another address', { email: 'rita.other@example.com' }],
  ])('ends the moment its person %s', async (_, fields) => {
    const rita = await signIn(inbox, 'rita');
    expect(await isIn(rita)).toBe(true);
    const asking = await asks('rita@example.com');
    await world.apply(change(organisation(), 'Person rita', fields));
    expect(await isIn(rita)).toBe(false);
    expect(await tries(asking, asking.code)).toMatchObject({ status: 403 });
    const mails = inbox.mails.length;
    await asks('rita@example.com');
    expect(inbox.mails).toHaveLength(mails);
    await world.apply(organisation());
  });

  it('leaves nothing at rest that opens one, in rows, events, logs or pages', async () => {
    const ada = await asks();
    const cookie = ada.jar.get('__Host-autonomy-asking') ?? '';
    await tries(ada, '00000000');
    await tries(ada, ada.code);
    const secret = ada.jar.get(session) ?? '';
    const unused = await asks('ben@example.com');
    const rows = await world.database.client.send(new ScanCommand({ TableName: 'registry' }));
    const page = (await ada.open('/inbox')).text;
    const all = JSON.stringify([rows.Items, await world.database.events(), world.lines, page]);
    const codes = [ada.code, unused.code];
    for (const text of [...codes, ...codes.map(hashSecret), secret, cookie]) expect(all).not.toContain(text);
    const [stored] = await world.deps.registry.load([sessionKey(hashSecret(secret))]);
    expect(stored).toMatchObject({ person: 'ada', way: 'code' });
    const types = (await world.database.events())
      .filter(({ at, type }) => type.startsWith('person.') && at >= world.clock.now.toISOString())
      .map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining([
        'person.code-sent',
        'person.code-refused',
        'person.code-used',
        'person.signed-in',
      ]),
    );
  });
});
