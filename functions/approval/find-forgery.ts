import type { Context } from 'hono';

/** A form that a real browser sent from our own page says so; everything else decides nothing. */
export function findForgery(apiUrl: string, c: Context): string | undefined {
  const site = c.req.header('sec-fetch-site');
  const type = c.req.header('content-type') ?? '';
  if (c.req.header('origin') !== new URL(apiUrl).origin)
    return 'This decision did not come from our page: open the link and use its form.';
  if (site !== undefined && site !== 'same-origin')
    return 'Your browser says that another site sent this: open the link yourself.';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return 'Decide with the form of the page.';
  return undefined;
}
