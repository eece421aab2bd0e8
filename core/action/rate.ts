/** So many requests a minute by everyone of a scope together: `agent:agt_buyer`, `unit:operations`, `tool:erp.pay`. */
export type Rate = { readonly scope: string; readonly perMinute: number };

export const rateKey = (scope: string) => ({ pk: `RATE#${scope}`, sk: 'RATE' });

/** What is left of a rate after a request: a bucket of a minute's worth that fills steadily. */
export type Allowance = {
  readonly rate: Rate;
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until there is one more, or until the bucket is full. */
  readonly resetSeconds: number;
};

/** Milliseconds the bucket takes to gain one. */
export const fillMs = ({ perMinute }: Rate): number => Math.ceil(60_000 / perMinute);

/** The allowance that the bucket's fullness tells: `fullAt` is when it will be full again, in milliseconds. */
export function allowanceOf(rate: Rate, allowed: boolean, fullAt: number, now: Date): Allowance {
  const missing = Math.max(0, fullAt - now.getTime());
  const remaining = Math.max(0, Math.floor((60_000 - missing) / fillMs(rate)));
  const wait = allowed ? missing : Math.max(1, missing - 60_000 + fillMs(rate));
  return { rate, allowed, remaining: allowed ? remaining : 0, resetSeconds: Math.ceil(wait / 1000) };
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers, one member for each rate. */
export function rateHeaders(allowances: readonly Allowance[]): Readonly<Record<string, string>> {
  if (allowances.length === 0) return {};
  const names = allowances.map(({ rate: { scope } }) => `"${scope.slice(0, scope.indexOf(':'))}"`);
  return {
    'ratelimit-policy': allowances
      .map(({ rate }, n) => `${names[n] ?? ''};q=${rate.perMinute};w=60`)
      .join(', '),
    ratelimit: allowances
      .map(({ remaining, resetSeconds }, n) => `${names[n] ?? ''};r=${remaining};t=${resetSeconds}`)
      .join(', '),
  };
}
