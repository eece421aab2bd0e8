import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Real data of other people: it lies beside the repository on some machines and is never part of it. */
const folder = resolve(import.meta.dirname, '../../../shared/corpora');

/** A corpus as its file has it, or why there is none: tests that need it are skipped and say so. */
export function readCorpus<T>(file: string): { readonly content?: T; readonly absence: string } {
  const path = resolve(folder, file);
  if (!existsSync(path)) return { absence: ` (skipped: no ../shared/corpora/${file})` };
  return { content: JSON.parse(readFileSync(path, 'utf8')) as T, absence: '' };
}
