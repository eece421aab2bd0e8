/** A text with escapes undone, and where each of its characters stands in the text it was made from. */
export type Decoded = {
  readonly text: string;
  readonly placeOf: (index: number) => { readonly from: number; readonly to: number };
};

export const plainly = (text: string): Decoded => ({
  text,
  placeOf: (index) => ({ from: index, to: index + 1 }),
});

/** How JSON, URLs and HTML write what they can't or need not write plainly. */
const ESCAPES = [
  /\\u[0-9a-f]{4}|\\["\\/bfnrt]/gi,
  /%[0-7][0-9a-f]|(?:%[89a-f][0-9a-f])+/gi,
  /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|quot|amp|lt|gt|apos);/gi,
];

/** The text with one level of escapes undone, once for each way of escaping it holds. */
export const decodings = (decoded: Decoded): Decoded[] =>
  ESCAPES.flatMap((pattern) => decodeOnce(decoded, pattern) ?? []);

function decodeOnce({ text, placeOf }: Decoded, pattern: RegExp): Decoded | undefined {
  const escapes = [...text.matchAll(pattern)];
  if (escapes.length === 0) return undefined;
  const pieces = piecesOf(text, escapes);
  let spans: readonly Span[] | undefined;
  return {
    text: pieces.map(({ piece }) => piece).join(''),
    placeOf: (index) => placeIn((spans ??= pieces.flatMap(spansOf))[index], placeOf),
  };
}

type Span = { readonly from: number; readonly to: number };
type Piece = Span & { readonly piece: string };

function piecesOf(text: string, escapes: readonly RegExpExecArray[]): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: escape, index } of escapes) {
    pieces.push({ piece: text.slice(end, index), from: end, to: index });
    end = index + escape.length;
    pieces.push({ piece: characterOf(escape), from: index, to: end });
  }
  return [...pieces, { piece: text.slice(end), from: end, to: text.length }];
}

/** Plain text stands character by character, what an escape made stands where the escape does. */
function spansOf({ piece, from, to }: Piece): Span[] {
  const plain = piece.length === to - from;
  return Array.from({ length: piece.length }, (_, n) =>
    plain ? { from: from + n, to: from + n + 1 } : { from, to },
  );
}

function placeIn(span: Span | undefined, placeOf: Decoded['placeOf']) {
  const { from, to } = span ?? { from: 0, to: 1 };
  return { from: placeOf(from).from, to: placeOf(to - 1).to };
}

const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NAMED: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" };

function characterOf(escape: string): string {
  const rest = escape.slice(1);
  if (escape.startsWith('%')) return Buffer.from(escape.replaceAll('%', ''), 'hex').toString('utf8');
  if (escape.startsWith('&')) return entityOf(rest.slice(0, -1).toLowerCase());
  if (/^u[0-9a-f]{4}$/i.test(rest)) return String.fromCharCode(Number.parseInt(rest.slice(1), 16));
  return SHORT[rest] ?? rest;
}

function entityOf(name: string): string {
  if (!name.startsWith('#')) return NAMED[name] ?? '';
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
