import { parseDocument } from 'yaml';

/** A document in JSON or YAML as a value; throws with the reason in one line. */
export function readDocument(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (/^\s*[{[]/.test(text)) throw new Error(`is no JSON: ${lineOf(error)}`, { cause: error });
  }
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw new Error(`is neither JSON nor YAML: ${lineOf(error)}`);
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

const lineOf = (error: unknown) => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : '');
