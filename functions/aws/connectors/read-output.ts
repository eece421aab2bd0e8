import { MAX_OUTPUT_BYTES } from './connector.ts';
import { checkShape, parseExactJson } from '../exact-json.ts';

/**
 * What a system answered, as it is kept: JSON that can be held and stored exactly is a value, everything else stays
 * the text it is. `undefined` when it is too large to be kept. Secrets are masked before.
 */
export function readOutput(text: string): { readonly output: unknown } | undefined {
  const output = valueOrText(text);
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
