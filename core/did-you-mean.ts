/** `: did you mean X?` for the known word that is closest, nothing when none is close. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const allowed = Math.min(3, Math.floor(word.length / 3));
  if (allowed === 0) return '';
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const each of known) {
    const distance = editDistance(word.toLowerCase(), each.toLowerCase(), allowed);
    if (distance <= allowed && distance < (best?.distance ?? Infinity)) best = { word: each, distance };
  }
  return best ? `: did you mean ${best.word}?` : '';
}

/** Letters to insert, drop, replace or swap with a neighbour; more than `limit` when the lengths alone say so. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  const rows = [Array.from({ length: b.length + 1 }, (_, n) => n)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const replace = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? at(i - 2, j - 2) + 1 : Infinity;
      row.push(Math.min(replace, swap, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
