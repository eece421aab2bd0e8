/** Markup in which everything that came from elsewhere is escaped. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What a template takes: text is escaped, markup stands, lists are joined, nothing is nothing. */
export type Content = Html | string | number | undefined | readonly Content[];

/** The only way to make markup: html`<b>${text}</b>`. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(markupOf)));
}

function markupOf(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(markupOf).join('');
  return escapeText(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that turn the direction of a line around or that nobody sees, where a replacement mark is shown. */
const DECEPTIVE = /[\p{Bidi_Control}\u{0}-\u{8}\u{b}-\u{1f}\u{7f}]/gu;

function escapeText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(DECEPTIVE, '\ufffd')
    .replaceAll(/[&<>"']/g, (c) => ENTITIES[c] ?? '');
}
