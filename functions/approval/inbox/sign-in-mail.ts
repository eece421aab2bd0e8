import { html } from 'hono/html';
import type { Mail } from '../../aws/mail.ts';

const MINUTES = 10;

/** The mail with a person's code: no link, and nothing to click. */
export async function signInMail(to: string, code: string): Promise<Mail> {
  const shown = `${code.slice(0, 4)} ${code.slice(4)}`;
  const good = `It is good once, for ${MINUTES} minutes, in the browser that asked for it.`;
  const warning = 'Nobody will ever ask you for it. If you did not ask for a code, leave it unused.';
  const page = await html`<!doctype html>
    <html lang="en">
      <body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 0 auto; padding: 16px">
        <p>Your code for the inbox of approvals:</p>
        <p style="font-size: 24px"><strong>${shown}</strong></p>
        <p>${good}</p>
        <p>${warning}</p>
      </body>
    </html>`;
  const text = `Your code for the inbox of approvals:\n\n  ${shown}\n\n${good}\n${warning}\n`;
  return { to, subject: 'Your code to sign in', text, html: page.toString() };
}
