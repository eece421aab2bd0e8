import type { Throttle } from './api.ts';

/** A token bucket per route: `false` when the route has had its share. */
export function createThrottle(
  throttleOf: (routeKey: string) => Throttle | undefined,
): (routeKey: string, now: number) => boolean {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (routeKey, now) => {
    const limit = throttleOf(routeKey);
    if (!limit) return true;
    const bucket = buckets.get(routeKey) ?? { tokens: limit.burst, at: now };
    const refilled = bucket.tokens + ((now - bucket.at) / 1000) * limit.ratePerSecond;
    const tokens = Math.min(limit.burst, refilled);
    const admitted = tokens >= 1;
    buckets.set(routeKey, { tokens: admitted ? tokens - 1 : tokens, at: now });
    return admitted;
  };
}
