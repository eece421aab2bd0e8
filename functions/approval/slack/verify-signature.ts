import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds a signature's time may be off ours. */
const TOLERANCE_SECONDS = 300;

export type Signed = {
  readonly body: Uint8Array;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
};

/** Whether Slack signed exactly these bytes within the last minutes (its scheme v0: HMAC-SHA256 over time and body). */
export function isSigned({ body, timestamp, signature }: Signed, signingSecret: string, now: Date): boolean {
  if (!timestamp || !signature || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest('hex');
  const expected = Buffer.from(`v0=${mac}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
