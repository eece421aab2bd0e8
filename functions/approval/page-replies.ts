import type { Context } from 'hono';
import { Fault } from '../../core/fault.ts';
import { noticePage } from './page-frame.ts';
import { pageHeaders } from './page-style.ts';

/** A page that says what happened, with the page's headers. */
export const notice = (
  c: Context,
  status: 200 | 400 | 403 | 404 | 409 | 413 | 503,
  told: { readonly title: string; readonly message: string },
) => c.html(noticePage(told.title, told.message), status, pageHeaders);

export const refuse = (c: Context, status: 400 | 403 | 409 | 413, message: string) =>
  notice(c, status, { title: 'Nothing was decided', message });

/** Many who decide at one moment can keep one of them from being counted: that one is told to press again. */
export async function orBusy(c: Context, answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof Fault) || error.name !== 'DependencyFailed') throw error;
    const message = 'Others decided at the same moment, and yours was not counted. Go back and press again.';
    return notice(c, 503, { title: 'Please try once more', message });
  }
}

/** A refusal's `detail` as a sentence. */
export const sentence = (detail: string) => `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;

const deadLinks = {
  unknown: {
    title: 'This link is not valid',
    message: 'It is none of ours, was cut short on its way, or is long over. Use the newest mail.',
  },
  replaced: {
    title: 'This link was replaced',
    message: 'You were asked again by a newer mail, and its link is the only good one. Use the newest mail.',
  },
} as const;

/** What opens nothing says why, and nothing of any request. */
export const deadLink = (c: Context, why: keyof typeof deadLinks) => notice(c, 404, deadLinks[why]);
