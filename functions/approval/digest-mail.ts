import { html } from 'hono/html';
import type { PersonRow } from '../../core/governance/person.ts';
import type { ApprovalFacts } from '../aws/load-approval.ts';
import type { Mail } from '../aws/mail.ts';
import { cut, summaryOf } from './describe-request.ts';
import { zonedTime } from './zoned-time.ts';

/** Requests a digest names; the inbox shows all. */
const NAMED = 10;

/** One mail in place of many: how many requests wait, the newest of them, and the way to the inbox. No link decides. */
export async function digestMail(
  to: PersonRow,
  awaited: readonly ApprovalFacts[],
  inbox: string,
): Promise<Mail> {
  const count = awaited.length === 1 ? '1 request waits' : `${awaited.length} requests wait`;
  const newest = awaited
    .toSorted((a, b) => b.approval.openedAt.localeCompare(a.approval.openedAt))
    .slice(0, NAMED)
    .map((facts) => {
      const until = zonedTime(facts.approval.expiresAt, to.timeZone);
      return `${cut(summaryOf(facts), 200)} – until ${until}`;
    });
  const rest = awaited.length - newest.length;
  const more = rest > 0 ? [`and ${rest} more`] : [];
  const why = 'You get one mail for all of them because there were many in a short time.';
  const nothing = 'What nobody decides in time is not carried out.';
  const page = await html`<!doctype html>
    <html lang="en">
      <body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 0 auto; padding: 16px">
        <p><strong>${count} for you.</strong></p>
        <ul>
          ${[...newest, ...more].map((line) => html`<li>${line}</li>`)}
        </ul>
        <p><a href="${inbox}">Sign in to your inbox and decide there</a>.</p>
        <p>${why} ${nothing}</p>
      </body>
    </html>`;
  const lines = [...newest, ...more].map((line) => `  - ${line}`);
  const text = [`${count} for you.`, '', ...lines, '', 'Sign in to your inbox and decide there:', inbox];
  return {
    to: to.email,
    subject: `${count} for you`,
    text: [...text, '', `${why} ${nothing}`, ''].join('\n'),
    html: page.toString(),
    tags: { person: to.id },
  };
}
