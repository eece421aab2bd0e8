import type { Context } from 'hono';
import openapi from '../../schemas/openapi.json' with { type: 'json' };

/** Answers with the description of the whole API, as it is committed. */
export const describeApi = (c: Context): Response =>
  c.body(JSON.stringify(openapi), 200, {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=300',
  });
