import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { approvalKey } from '../../../core/approval/approval.ts';
import { concerns } from '../../../core/approval/inbox.ts';
import { approvalId } from '../../../core/id.ts';
import { loadApproval } from '../../aws/load-approval.ts';
import { createApi } from '../../http/lambda.ts';
import type { Opened } from '../open-link.ts';
import { notice, refuse } from '../page-replies.ts';
import { pageHeaders } from '../page-style.ts';
import { showRequest } from '../show-request.ts';
import { takeForm } from '../take-form.ts';
import { createFindPerson } from './find-person.ts';
import type { InboxDeps } from './inbox-deps.ts';
import { inboxPage } from './inbox-page.ts';
import { loadInbox } from './inbox-view.ts';
import { addOidc } from './oidc-routes.ts';
import { type SignedIn, signedIn } from './session.ts';
import { signInPage } from './sign-in-page.ts';
import { addSignIn } from './sign-in-routes.ts';

const word = z.string().max(200).optional().catch(undefined);
const chosen = z.object({ unit: word, tool: word, agent: word, severity: word });

/** The inbox: who signed in sees what waits for them and decides there; nobody else sees anything. */
export function createInboxApi(deps: InboxDeps) {
  const app = createApi();
  const oidc = deps.oidc !== undefined;
  const limit = bodyLimit({ maxSize: 16 * 1024, onError: (c) => refuse(c, 413, 'That form is too large.') });
  app.use('/inbox/*', limit);
  app.get('/inbox', async (c) => {
    const who = await signedIn(deps, c);
    if (!who) return c.html(signInPage({ oidc }), 200, pageHeaders);
    const wanted = chosen.parse(c.req.query());
    return c.html(inboxPage(await loadInbox(deps, who.person, wanted)), 200, pageHeaders);
  });
  const findPerson = createFindPerson(deps.registry, deps.now);
  addSignIn(app, { ...deps, findPerson });
  if (deps.oidc) addOidc(app, { ...deps, findPerson, oidc: deps.oidc });
  app.get('/inbox/approvals/:id', async (c) => {
    const who = await signedIn(deps, c);
    if (!who) return signInFirst(c, oidc);
    const opened = await openApproval(deps, who, c.req.param('id'));
    if (!opened) return notYours(c);
    return showRequest(deps, c, opened, { view: c.req.query('view') === 'full' ? 'full' : 'short' });
  });
  app.post('/inbox/approvals/:id', async (c) => {
    const who = await signedIn(deps, c);
    if (!who) return signInFirst(c, oidc);
    const opened = await openApproval(deps, who, c.req.param('id'));
    return opened ? takeForm(deps, c, opened) : notYours(c);
  });
  return app;
}

const signInFirst = (c: Context, oidc: boolean) =>
  c.html(signInPage({ oidc, problem: 'Sign in first.' }), 401, pageHeaders);
const notYours = (c: Context) =>
  notice(c, 404, { title: 'There is nothing here', message: 'No request by this name waits for you.' });

/** An approval that concerns this person, as a link of theirs would open it; any other is not there. */
async function openApproval(
  deps: InboxDeps,
  { person, secret }: SignedIn,
  given: string,
): Promise<Opened | undefined> {
  const id = approvalId.safeParse(given);
  if (!id.success) return undefined;
  const [stored] = await deps.registry.load([approvalKey(id.data)]);
  if (!stored) return undefined;
  const facts = await loadApproval(deps.registry, id.data, deps.now());
  if (!concerns(facts, person.id, deps.now())) return undefined;
  const link = { approval: id.data, person: person.id, digest: facts.approval.digest };
  return { link, facts, secret, by: { channel: 'inbox', assurance: 'signed-in' } };
}
