import { type Decoded, decodings, plainly } from './decode-escapes.ts';

/** Replaces every secret it knows, in every spelling it knows. */
export type Mask = (text: string) => string;

const MASKED = '[secret]';
/** How often escapes are undone, as for JSON within JSON within a URL, and how many readings of a text that may give. */
const LEVELS = 3;
const READINGS = 16;

/**
 * Masks secrets as they are and as systems echo them: escaped for JSON, URLs and HTML, one within another, in base64 at
 * any offset and alphabet, in hexadecimal, in lower case.
 */
export function createMask(secrets: readonly string[]): Mask {
  const needles = [...new Set(secrets.flatMap(spellingsOf))];
  if (needles.length === 0) return (text) => text;
  return (text) => {
    const found = readingsOf(text).flatMap((reading) =>
      needles.flatMap((needle) => findAll(reading, needle)),
    );
    return found.length === 0 ? text : replaceAll(text, found);
  };
}

function readingsOf(text: string): Decoded[] {
  const all = new Map([[text, plainly(text)]]);
  let last = [...all.values()];
  for (let level = 0; level < LEVELS; level += 1) {
    const next = last.flatMap(decodings).filter((reading) => !all.has(reading.text));
    for (const reading of next) if (all.size < READINGS) all.set(reading.text, reading);
    last = next.slice(0, READINGS);
  }
  return [...all.values()];
}

type Range = { readonly from: number; readonly to: number };

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const runs = [0, 1, 2].map((offset) => base64Run(bytes, offset)).filter((run) => run.length >= 8);
  const hex = bytes.length >= 4 ? bytes.toString('hex') : '';
  const urlSafe = runs.map((run) => run.replaceAll('+', '-').replaceAll('/', '_'));
  const plain = [secret, secret.toLowerCase(), secret.replaceAll(' ', '+')];
  return [...plain, ...runs, ...urlSafe, hex, hex.toUpperCase()].filter((spelling) => spelling !== '');
}

/** What of the base64 of a longer text is these bytes' alone when `offset` bytes of a group stand before them. */
function base64Run(bytes: Buffer, offset: number): string {
  const all = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = Math.floor((all.length * 8) / 6);
  return all.toString('base64').slice(Math.ceil((offset * 8) / 6), whole);
}

function findAll({ text, placeOf }: Decoded, needle: string): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    found.push({ from: placeOf(at).from, to: placeOf(at + needle.length - 1).to });
  }
  return found;
}

function replaceAll(text: string, found: readonly Range[]): string {
  let masked = '';
  let end = 0;
  for (const { from, to } of found.toSorted((one, other) => one.from - other.from)) {
    if (from >= end) masked += text.slice(end, from) + MASKED;
    end = Math.max(end, to);
  }
  return masked + text.slice(end);
}
