import { html, raw } from 'hono/html';
import { style } from './page-style.ts';

export type Html = ReturnType<typeof html>;

/** A whole page: one style, no script, readable by eye, keyboard and screen reader. */
export function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
}

/** A page that says what happened and leaves nothing to do. */
export function noticePage(title: string, message: string): Html {
  return page(
    title,
    html`<section class="card">
      <h1>${title}</h1>
      <p>${message}</p>
    </section>`,
  );
}
