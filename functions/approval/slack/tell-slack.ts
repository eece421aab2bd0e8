import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { approvalId } from '../../../core/id.ts';
import { connectRegistry } from '../../aws/clients.ts';
import { readEnvironment } from '../../aws/env.ts';
import { createLog } from '../../aws/log.ts';
import { createReadSecret } from '../../aws/secrets.ts';
import { createCallSlack } from './call-slack.ts';
import { readKeys, readSlack } from './read-slack.ts';
import { tellInSlack } from './tell-in-slack.ts';

const env = readEnvironment('tell-slack', process.env);
const { secretName, apiUrl, ceiling } = readSlack(env.SLACK);
const now = () => new Date();
const readSecret = createReadSecret(new SecretsManagerClient({}), now);
const token = async () => (await readKeys(readSecret, secretName ?? '')).botToken;
const deps = {
  registry: connectRegistry(env),
  callSlack: createCallSlack({ apiUrl, token, timeoutMs: 10_000, retries: 1 }),
  view: { ceiling, apiUrl: env.API_URL },
  log: createLog(),
  now,
};

const event = z.object({ detail: z.object({ data: z.object({ approval: approvalId }) }) });

/** Answers our own bus's events of approvals; a company without a Slack app hears nothing. */
export const handler = async (input: unknown) => {
  const { approval } = event.parse(input).detail.data;
  if (secretName === undefined) return { told: false };
  await tellInSlack(deps, approval);
  return { told: true };
};
