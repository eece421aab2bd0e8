/** Slack's limits in characters. */
const SECTION = 3000;
const HEADER = 150;
const LABEL = 75;

/** Whatever anybody wrote goes into such an object alone: Slack reads no link, mention, emoji or markup in it. */
export const plain = (text: string, most = SECTION) => ({
  type: 'plain_text' as const,
  text: clip(text, most) || ' ',
  emoji: false,
});

export const header = (text: string) => ({ type: 'header' as const, text: plain(text, HEADER) });
export const section = (text: string) => ({ type: 'section' as const, text: plain(text) });

type Button = {
  readonly action: string;
  readonly label: string;
  readonly value?: string;
  readonly url?: string;
  readonly style?: 'primary' | 'danger';
};

export const button = ({ action, label, value, url, style }: Button) => ({
  type: 'button' as const,
  action_id: action,
  text: plain(label, LABEL),
  ...(value !== undefined && { value }),
  ...(url !== undefined && { url }),
  ...(style && { style }),
});

export const actions = (...elements: ReturnType<typeof button>[]) => ({
  type: 'actions' as const,
  elements,
});

export type Block = ReturnType<typeof header> | ReturnType<typeof section> | ReturnType<typeof actions>;

/** The first characters of a text, none cut in half. */
export const clip = (text: string, most: number) =>
  text.length <= most ? text : text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');

/** Text that Slack would otherwise read for links and mentions. */
export const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
