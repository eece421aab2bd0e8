/** The lines that went (`- `) and came (`+ `), in order; lines both texts share are left out. */
export function lineDifference(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const shared = sharedLengths(old, now);
  const lines: string[] = [];
  let [o, n] = [0, 0];
  while (o < old.length || n < now.length) {
    if (o < old.length && n < now.length && old[o] === now[n]) [o, n] = [o + 1, n + 1];
    else if (n === now.length || (o < old.length && at(shared, o + 1, n) >= at(shared, o, n + 1)))
      lines.push(`- ${old[o++]}`);
    else lines.push(`+ ${now[n++]}`);
  }
  return lines;
}

const at = (lengths: readonly Uint16Array[], o: number, n: number): number => lengths[o]?.[n] ?? 0;

/** How many lines the rests of both texts share, from each pair of places on. */
function sharedLengths(old: readonly string[], now: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let o = old.length - 1; o >= 0; o -= 1) {
    const row = lengths[o];
    for (let n = now.length - 1; row && n >= 0; n -= 1) {
      row[n] =
        old[o] === now[n]
          ? at(lengths, o + 1, n + 1) + 1
          : Math.max(at(lengths, o + 1, n), at(lengths, o, n + 1));
    }
  }
  return lengths;
}
