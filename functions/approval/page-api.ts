import { bodyLimit } from 'hono/body-limit';
import { createApi } from '../http/lambda.ts';
import { findForgery } from './find-forgery.ts';
import { openLink, type PageDeps } from './open-link.ts';
import { answers } from './page-answers.ts';
import { pageForm, purposeOf } from './page-form.ts';
import { isNonce } from './page-nonce.ts';
import { deadLink, refuse } from './page-replies.ts';
import { showRequest } from './show-request.ts';

/** The decision page: GET shows and writes nothing, POST decides. Links are one person's, for one action. */
export function createPageApi(deps: PageDeps) {
  const app = createApi();
  app.get('/approvals/:secret', async (c) => {
    const opened = await openLink(deps, c.req.param('secret'));
    if (typeof opened === 'string') return deadLink(c, opened);
    return showRequest(deps, c, opened, { view: c.req.query('view') === 'full' ? 'full' : 'short' });
  });
  app.post(
    '/approvals/:secret',
    bodyLimit({ maxSize: 16 * 1024, onError: (c) => refuse(c, 413, 'That form is too large.') }),
    async (c) => {
      const opened = await openLink(deps, c.req.param('secret'));
      if (typeof opened === 'string') return deadLink(c, opened);
      const forged = findForgery(deps.apiUrl, c);
      if (forged) return refuse(c, 403, forged);
      const form = pageForm.safeParse(await c.req.parseBody());
      if (!form.success) return refuse(c, 400, 'Open the link again and use its form.');
      const { decision, nonce } = form.data;
      const shown = { secret: opened.secret, purpose: purposeOf[decision], approval: opened.facts.approval };
      if (!isNonce(nonce, shown)) {
        return refuse(c, 403, 'This form is out of date. Open the link again and decide on what it shows.');
      }
      return answers[decision](deps, c, opened, form.data);
    },
  );
  return app;
}
