export type Clock = { readonly now: () => Date; readonly sleep: (ms: number) => Promise<unknown> };

const FIRST_MS = 100;
const LONGEST_MS = 5000;

/** Looks until there is something to see or `ms` have passed, ever more seldom; once more at the very end. */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  ms: number,
  { now, sleep }: Clock,
): Promise<T | undefined> {
  const until = now().getTime() + ms;
  for (let pause = FIRST_MS; ; pause = Math.min(pause * 1.5, LONGEST_MS)) {
    const seen = await look();
    const left = until - now().getTime();
    if (seen !== undefined || left <= 0) return seen;
    await sleep(Math.min(pause, left));
  }
}
