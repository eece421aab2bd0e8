import { bodyLimit } from 'hono/body-limit';
import { createApi } from '../http/lambda.ts';
import { openLink, type PageDeps } from './open-link.ts';
import { deadLink, refuse } from './page-replies.ts';
import { showRequest } from './show-request.ts';
import { takeForm } from './take-form.ts';

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
      return takeForm(deps, c, opened);
    },
  );
  return app;
}
