import * as z from 'zod';
import { Fault } from '../../../core/fault.ts';
import { severities } from '../../../core/policy/decision.ts';
import type { ReadSecret } from '../../aws/secrets.ts';

const config = z.object({
  secretName: z.string().min(1).optional(),
  ceiling: z.enum(severities),
  apiUrl: z.url(),
});
export type SlackConfig = z.infer<typeof config>;

/** How the company's Slack is reached, as the deployment was told. */
export const readSlack = (text: string): SlackConfig => config.parse(JSON.parse(text));

const keys = z.object({ botToken: z.string().min(1), signingSecret: z.string().min(16) });
export type SlackKeys = z.infer<typeof keys>;

/** The app's token and signing secret; no message says what stands in the secret. */
export async function readKeys(readSecret: ReadSecret, secretName: string): Promise<SlackKeys> {
  const parsed = keys.safeParse(jsonOf(await readSecret(secretName)));
  if (parsed.success) return parsed.data;
  throw new Fault('SettingsInvalid', `secret ${secretName}: store JSON with botToken and signingSecret`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
