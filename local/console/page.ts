import { createHash } from 'node:crypto';
import type { HttpReply } from '../endpoint.ts';
import { html, Html } from './html.ts';
import { STYLE } from './style.ts';

/** What a page shows; the frame around it is the same everywhere. */
export type Page = {
  readonly title: string;
  readonly content: Html;
  /** The navigation's entry that this page belongs to. */
  readonly place?: string;
  /** Styles of this page alone. */
  readonly style?: string;
  /** The same page with refreshing on and off; a page without does not change by itself. */
  readonly refresh?: Refresh;
  /** Lets a mail's own style attributes work in its frame. */
  readonly framesMail?: boolean;
};

export type Refresh = { readonly on: boolean; readonly toggle: string };

export type Entry = { readonly href: string; readonly title: string };

const EVERY_SECONDS = 5;

/** Puts pages into the console's frame: one navigation, a strict content security policy, no script at all. */
export function createFrame(options: { readonly host: string; readonly entries: readonly Entry[] }) {
  return (page: Page, status = 200): HttpReply => ({
    status,
    headers: { ...HEADERS, 'content-security-policy': policyOf(page) },
    body: render(page, options).markup,
  });
}

/** Headers of every answer: nothing is cached, framed, sniffed, or read from another origin. */
export const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

function policyOf({ style, framesMail }: Page): string {
  const hashes = [STYLE, ...(style === undefined ? [] : [style])].map(
    (each) => `'sha256-${createHash('sha256').update(each).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `style-src-elem ${hashes.join(' ')}`,
    ...(framesMail ? ["style-src-attr 'unsafe-inline'"] : []),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const trusted = (markup: string): Html => new Html(markup);

function render(page: Page, frame: { readonly host: string; readonly entries: readonly Entry[] }): Html {
  const { title, content, place, style, refresh } = page;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refresh?.on ? html`<meta http-equiv="refresh" content="${EVERY_SECONDS}" />` : ''}
        <title>${title} · Local cloud</title>
        ${trusted(`<style>${STYLE}</style>`)} ${style === undefined ? '' : trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#content">To the content</a>
        <header>
          <div>
            <p class="brand">Local cloud <span>${frame.host}</span></p>
            <nav aria-label="Pages">
              <ul>
                ${frame.entries.map((entry) => navigation(entry, entry.href === place))}
              </ul>
            </nav>
          </div>
        </header>
        <main id="content">${content}</main>
        <footer>${refresh ? refreshing(refresh) : ''}</footer>
      </body>
    </html>`;
}

const navigation = ({ href, title }: Entry, current: boolean): Html =>
  html`<li><a href="${href}" ${current ? html`aria-current="page"` : ''}>${title}</a></li>`;

const refreshing = ({ on, toggle }: Refresh): Html =>
  on
    ? html`<p>Refreshes every ${EVERY_SECONDS} seconds. <a href="${toggle}">Stop refreshing</a></p>`
    : html`<p>Does not refresh by itself. <a href="${toggle}">Refresh again</a></p>`;
