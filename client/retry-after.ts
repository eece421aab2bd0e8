/** Milliseconds an answer asks to wait, in seconds or as a date (RFC 9110); `otherwise` when it does not say. */
export function retryAfterMs(response: Response | undefined, otherwise: number, now = Date.now()): number {
  const said = response?.headers.get('retry-after')?.trim();
  if (!said) return otherwise;
  if (/^\d+$/.test(said)) return Number(said) * 1000;
  const at = /^[a-z]{3}/i.test(said) ? Date.parse(said) : NaN;
  return Number.isNaN(at) ? otherwise : Math.max(0, at - now);
}
