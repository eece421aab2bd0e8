/** The value that so much of a sample stays at or below. */
export function percentile(sample: readonly number[], part: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}

export const rounded = (ms: number, digits = 3) => Number(ms.toFixed(digits));
export const spread = (sample: readonly number[]) => ({
  p50: rounded(percentile(sample, 0.5)),
  p99: rounded(percentile(sample, 0.99)),
});
