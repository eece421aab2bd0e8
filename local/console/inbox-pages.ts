import type { HttpRequest } from '../endpoint.ts';
import type { Inbox, Message } from '../ses/inbox.ts';
import { refreshOf } from './address.ts';
import { html, type Html } from './html.ts';
import { counted, moment } from './moments.ts';
import type { Page } from './page.ts';

export const INBOX = '/_local/inbox';

type Mails = Pick<Inbox, 'list' | 'get'>;
type Head = ReturnType<Inbox['list']>[number];

const MOST_SHOWN = 200;

/** Every mail that was sent here, newest first; one that leads to a page of this cloud is marked. */
export function inboxPage(inbox: Mails, request: HttpRequest, given: { url: string; now: number }): Page {
  const all = inbox.list();
  const shown = all.slice(0, MOST_SHOWN);
  const row = ({ id, at, to, subject }: Head): Html =>
    html`<tr>
      <td>
        <a href="${INBOX}/${id}">${subject || '(no subject)'}</a>
        ${linkIn(inbox.get(id), given.url) ? html`<span class="badge running">asks you</span>` : ''}
        <span class="dim">to ${to}</span>
      </td>
      <td class="num">${moment(Date.parse(at), given.now)}</td>
    </tr>`;
  return {
    title: 'Inbox',
    place: INBOX,
    refresh: refreshOf(request),
    content: html`<h1>Inbox</h1>
      <p class="lead">Mails that the cloud sent. They stay on this machine.</p>
      <div class="card">
        ${shown.length === 0 ? html`<p class="empty">No mail yet.</p>` : table(shown.map(row))}
      </div>
      ${all.length > shown.length ? html`<p class="dim">${counted(all.length - shown.length, 'older mail')} not shown.</p>` : ''}`,
  };
}

const table = (rows: readonly Html[]): Html =>
  html`<table class="stack">
    <caption class="hidden">
      Mails, newest first
    </caption>
    <thead>
      <tr>
        <th scope="col">Subject</th>
        <th scope="col" class="num">Sent</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;

/** One mail: its text, its HTML in a frame that runs nothing, and a way to the page it leads to. */
export function mailPage({ at, from, to, subject, ...parts }: Message, url: string, now: number): Page {
  const link = linkIn(parts, url);
  return {
    title: subject || 'Mail',
    place: INBOX,
    framesMail: true,
    content: html`<p><a href="${INBOX}">Inbox</a></p>
      <h1>${subject || '(no subject)'}</h1>
      <section class="card" aria-label="Envelope">
        <dl>
          <dt>From</dt>
          <dd>${from}</dd>
          <dt>To</dt>
          <dd>${to}</dd>
          <dt>Sent</dt>
          <dd>${moment(Date.parse(at), now)}</dd>
        </dl>
        ${link === undefined ? '' : html`<p><a class="button" href="${link}">Open the page it asks for</a></p>`}
      </section>
      <div class="cards">
        <section class="card" aria-labelledby="text">
          <h2 id="text">Text</h2>
          <pre class="mail">${parts.text || '(This mail has no text part.)'}</pre>
        </section>
        ${parts.html === '' ? '' : framed(parts.html)}
      </div>`,
  };
}

const framed = (markup: string): Html =>
  html`<section class="card" aria-labelledby="html">
    <h2 id="html">As a mail program shows it</h2>
    <iframe sandbox srcdoc="${markup}" title="The mail’s HTML part"></iframe>
  </section>`;

/** The first address on this cloud in a mail's text. */
function linkIn(mail: Pick<Message, 'text'> | undefined, url: string): string | undefined {
  const addresses = mail?.text.match(/https?:\/\/[^\s<>"']+/g) ?? [];
  return addresses.find((address) => URL.canParse(address) && new URL(address).origin === url);
}
