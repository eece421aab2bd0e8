import { MAX_OUTPUT_BYTES } from './connector.ts';
import { checkShape, parseExactJson } from './exact-json.ts';

/**
 * What a system answered, as it is kept: JSON that can be held and stored exactly is a value, everything else stays
 * the text it is. The system's secret is masked wherever it stands. `undefined` when it is too large to be kept.
 */
export function readOutput(text: string, secret?: string): { readonly output: unknown } | undefined {
  const output = valueOrText(secret ? mask(text, secret) : text);
  const bytes = Buffer.byteLength(JSON.stringify(output));
  return bytes > MAX_OUTPUT_BYTES ? undefined : { output };
}

function valueOrText(text: string): unknown {
  try {
    const value = parseExactJson(text);
    checkShape(value);
    return value;
  } catch {
    return text;
  }
}

/** Replaces the secret as it is and in every spelling JSON has for it. */
function mask(text: string, secret: string): string {
  const spellings = Array.from({ length: secret.length }, (_, n) => spellingsOf(secret.charAt(n)));
  return text.replace(new RegExp(spellings.join(''), 'g'), '[secret]');
}

const SHORT: Readonly<Record<string, string>> = { '"': '"', '\\': '\\\\', '/': '/', '\t': 't' };

function spellingsOf(character: string): string {
  const hex = character.charCodeAt(0).toString(16).padStart(4, '0');
  const anyCase = [...hex].map((digit) => `[${digit}${digit.toUpperCase()}]`).join('');
  const short = SHORT[character];
  return `(?:\\\\u${anyCase}${short === undefined ? '' : `|\\\\${short}`}|\\u${hex})`;
}
