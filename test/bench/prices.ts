/** List prices in US East (N. Virginia), US dollars each, as published on 24 November 2026. */
export const prices = {
  asOf: '2026-11-24',
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  httpRequest: 1e-6,
  lambdaRequest: 0.2e-6,
  /** A gigabyte-second on arm64. */
  lambdaGbSecond: 0.0000133334,
  event: 1e-6,
  logGigabyte: 0.5,
} as const;
