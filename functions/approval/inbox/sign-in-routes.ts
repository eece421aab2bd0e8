import { createHmac } from 'node:crypto';
import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { endSession, SESSION_SECONDS } from '../../../core/approval/session.ts';
import { CODE_SECONDS, sendCode, signInKey, signInRow, useCode } from '../../../core/approval/sign-in.ts';
import { isRefusal } from '../../../core/change.ts';
import type { PersonRow } from '../../../core/governance/person.ts';
import { parseRow } from '../../../core/row.ts';
import { errorDetails } from '../../aws/log.ts';
import { decideAndCommit } from '../../aws/registry.ts';
import type { ApiContext } from '../../http/lambda.ts';
import { hashSecret } from '../ask-approvers.ts';
import { findForgery } from '../find-forgery.ts';
import { refuse } from '../page-replies.ts';
import { pageHeaders } from '../page-style.ts';
import { cookiesOf } from './cookies.ts';
import type { FindPerson } from './find-person.ts';
import type { InboxDeps } from './inbox-deps.ts';
import { signedIn } from './session.ts';
import { signInMail } from './sign-in-mail.ts';
import { codePage } from './sign-in-page.ts';

type SignInDeps = InboxDeps & { readonly findPerson: FindPerson };

const address = z.object({ email: z.string().max(320) });
const codeForm = z.object({ email: z.string().max(320), code: z.string().max(40) });
const WRONG = 'That code is wrong, used, or over. After five wrong ones, or ten minutes, ask for another.';

/** What is stored of a code: the browser's secret is its key, so that the table alone tells no code. */
const hashCode = (secret: string, code: string) => createHmac('sha256', secret).update(code).digest('hex');

/** A code is asked for, used for a session, and the session ended. No answer tells whom we know. */
export function addSignIn(app: Hono<ApiContext>, deps: SignInDeps): void {
  const cookies = cookiesOf(deps.apiUrl);
  app.post('/inbox/sign-in', async (c) => {
    const form = address.safeParse(await formOf(deps, c));
    if (!form.success) return refuse(c, 400, 'Open the inbox and use its form.');
    const secret = deps.newSecret();
    await Promise.all([mailCode(deps, form.data.email, secret), deps.pause()]);
    cookies.give(c, 'asking', secret, CODE_SECONDS);
    return c.html(codePage(form.data.email), 200, pageHeaders);
  });
  app.post('/inbox/code', async (c) => {
    const form = codeForm.safeParse(await formOf(deps, c));
    if (!form.success) return refuse(c, 400, 'Open the inbox and use its form.');
    const asking = cookies.read(c, 'asking');
    const [session] = await Promise.all([tryCode(deps, form.data, asking), deps.pause()]);
    if (session === undefined) return c.html(codePage(form.data.email, WRONG), 403, pageHeaders);
    cookies.take(c, 'asking');
    cookies.give(c, 'session', session, SESSION_SECONDS);
    return c.body(null, 303, { ...pageHeaders, location: '/inbox' });
  });
  app.post('/inbox/sign-out', async (c) => {
    const forged = findForgery(deps.apiUrl, c);
    if (forged) return refuse(c, 403, forged);
    const who = await signedIn(deps, c);
    if (who) await decideAndCommit(deps.registry, () => Promise.resolve(endSession(who.session, deps.now())));
    cookies.take(c, 'session');
    return c.body(null, 303, { ...pageHeaders, location: '/inbox' });
  });
}

/** The form that a real browser sent from our own page; nothing else is one. */
async function formOf({ apiUrl }: InboxDeps, c: Context): Promise<unknown> {
  return findForgery(apiUrl, c) === undefined ? c.req.parseBody() : undefined;
}

/** Whatever goes wrong here is for the log alone: an answer that differs would tell whom we know. */
async function mailCode(deps: SignInDeps, email: string, secret: string): Promise<void> {
  const person = await deps.findPerson(email);
  const code = deps.newCode();
  const stored = { hash: hashCode(secret, code), browser: hashSecret(secret) };
  if (!person) return;
  try {
    const sent = await decideAndCommit(deps.registry, async () =>
      sendCode(await factsOf(deps, person), stored, deps.now()),
    );
    if (isRefusal(sent))
      return deps.log('warn', 'CODE_NOT_MAILED', { person: person.id, reason: sent.refused });
    await deps.sendMail(await signInMail(person.email, code));
    deps.log('info', 'CODE_MAILED', { person: person.id });
  } catch (error) {
    deps.log('error', 'CODE_NOT_MAILED', { person: person.id, ...errorDetails(error) });
  }
}

/** The secret of a new session, when the code is this person's live one and this browser asked for it. */
async function tryCode(
  deps: SignInDeps,
  { email, code }: z.infer<typeof codeForm>,
  asking: string | undefined,
): Promise<string | undefined> {
  const digits = code.replace(/[\s-]/g, '');
  const person = await deps.findPerson(email);
  if (!person || asking === undefined) return undefined;
  const secret = deps.newSecret();
  const session = hashSecret(secret);
  const tried = { hash: hashCode(asking, digits), browser: hashSecret(asking), session };
  const used = await decideAndCommit(deps.registry, async () =>
    useCode(await factsOf(deps, person), tried, deps.now()),
  );
  return isRefusal(used) || used.committed.result === undefined ? undefined : secret;
}

async function factsOf({ registry }: InboxDeps, person: PersonRow) {
  const [current] = await registry.load([signInKey(person.id)]);
  return { person, current: current && parseRow(signInRow, current) };
}
