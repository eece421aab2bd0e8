import { html, type Html } from '../html.ts';

/** Markdown's headings, bold, lists and paragraphs; anything else stands as it was written. */
export function renderMarkdown(source: string): readonly Html[] {
  return blocksOf(source).map(({ kind, lines }) => {
    const text = bold(lines.join(' '));
    const items = lines.map((line) => html`<li>${bold(line)}</li>`);
    switch (kind) {
      case 'heading':
        return html`<h2>${text}</h2>`;
      case 'subheading':
        return html`<h3>${text}</h3>`;
      case 'list':
        return html`<ul>
          ${items}
        </ul>`;
      case 'numbered':
        return html`<ol>
          ${items}
        </ol>`;
      case 'paragraph':
        return html`<p>${text}</p>`;
    }
  });
}

type Kind = 'heading' | 'subheading' | 'list' | 'numbered' | 'paragraph';
type Block = { readonly kind: Kind; readonly lines: string[] };

const MARKS: readonly { readonly kind: Kind; readonly mark: RegExp }[] = [
  { kind: 'heading', mark: /^#{1,2}\s+/ },
  { kind: 'subheading', mark: /^#{3,6}\s+/ },
  { kind: 'list', mark: /^\s*[-*]\s+/ },
  { kind: 'numbered', mark: /^\s*\d+[.)]\s+/ },
];

/** Lines of one kind that follow each other are one block; a line without a mark goes on with a list's item. */
function blocksOf(source: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const line of source.split(/\r?\n/)) {
    const { kind, text } = readLine(line);
    const last = open?.lines.length ?? 0;
    if (text === '') open = undefined;
    else if (open && open.kind === kind && !kind.endsWith('heading')) open.lines.push(text);
    else if (open && kind === 'paragraph' && LISTS.has(open.kind)) open.lines[last - 1] += ` ${text}`;
    else blocks.push((open = { kind, lines: [text] }));
  }
  return blocks;
}

const LISTS: ReadonlySet<Kind> = new Set(['list', 'numbered']);

function readLine(line: string): { readonly kind: Kind; readonly text: string } {
  const marked = MARKS.find(({ mark }) => mark.test(line));
  return { kind: marked?.kind ?? 'paragraph', text: line.replace(marked?.mark ?? '', '').trim() };
}

const bold = (text: string): readonly (string | Html)[] =>
  text.split(/\*\*(.+?)\*\*/).map((part, index) => (index % 2 === 1 ? html`<strong>${part}</strong>` : part));
