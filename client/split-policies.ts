/** One Cedar policy as it stands in a file: its text from annotation to semicolon, and the line it begins on. */
export type SplitPolicy = { readonly line: number; readonly text: string };

const token = /"(?:\\[\s\S]|[^"\\])*"|\/\/[^\n]*|;|\S/g;

/**
 * Splits a Cedar file at the semicolons that end policies: those in strings and comments don't. Comments before a
 * policy are left out, comments within it stay. Text after the last semicolon is given as it is, for the engine to
 * refuse by its line.
 */
export function splitPolicies(source: string): readonly SplitPolicy[] {
  const policies: SplitPolicy[] = [];
  let start: number | undefined;
  const close = (from: number, end: number) =>
    policies.push({ line: source.slice(0, from).split('\n').length, text: source.slice(from, end).trim() });
  for (const { 0: found, index } of source.matchAll(token)) {
    if (start === undefined && found.startsWith('//')) continue;
    start ??= index;
    if (found !== ';') continue;
    close(start, index + 1);
    start = undefined;
  }
  if (start !== undefined) close(start, source.length);
  return policies;
}
