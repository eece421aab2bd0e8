import type { Context } from 'hono';
import type { ApiContext } from '../http/lambda.ts';
import { findForgery } from './find-forgery.ts';
import type { Opened, PageDeps } from './open-link.ts';
import { answers } from './page-answers.ts';
import { pageForm, purposeOf } from './page-form.ts';
import { seenAtOf } from './page-nonce.ts';
import { orBusy, refuse } from './page-replies.ts';

/** Does what a form of ours asks for, when a browser sent it from our own page about exactly what it showed. */
export async function takeForm(deps: PageDeps, c: Context<ApiContext>, opened: Opened): Promise<Response> {
  const forged = findForgery(deps.apiUrl, c);
  if (forged) return refuse(c, 403, forged);
  const form = pageForm.safeParse(await c.req.parseBody());
  if (!form.success) return refuse(c, 400, 'Open the request again and use its form.');
  const { decision, nonce } = form.data;
  const shown = { secret: opened.secret, purpose: purposeOf[decision], approval: opened.facts.approval };
  const seenAt = seenAtOf(nonce, shown, deps.now());
  if (!seenAt) {
    return refuse(c, 403, 'This form is out of date. Open the request again and decide on what it shows.');
  }
  return orBusy(c, () => answers[decision](deps, c, { ...opened, seenAt }, form.data));
}
