/** Matches as IAM does: `*` any run of characters, `?` any one, everything else itself. */
export function matcher(pattern: string, flags: '' | 'i' = ''): (text: string) => boolean {
  if (pattern === '*') return () => true;
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  const expression = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`);
  return (text) => expression.test(text);
}
