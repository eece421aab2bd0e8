import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connectRegistry } from '../../aws/clients.ts';
import { readEnvironment } from '../../aws/env.ts';
import { createLog } from '../../aws/log.ts';
import { createFigures } from '../../aws/metrics.ts';
import { createRefusalCounter } from '../../aws/refusals.ts';
import { createReadSecret } from '../../aws/secrets.ts';
import { lambdaHandler } from '../../http/lambda.ts';
import { createCallSlack } from './call-slack.ts';
import { readKeys, readSlack } from './read-slack.ts';
import { createSlackApi } from './slack-api.ts';

const env = readEnvironment('slack', process.env);
const { secretName, apiUrl, ceiling } = readSlack(env.SLACK);
const now = () => new Date();
const readSecret = createReadSecret(new SecretsManagerClient({}), now);

export const handler = lambdaHandler(
  createSlackApi(secretName === undefined ? undefined : depsOf(secretName)),
);

/** Slack waits three seconds, so nothing is tried twice. */
function depsOf(name: string) {
  const token = async () => (await readKeys(readSecret, name)).botToken;
  const signingSecret = async () => (await readKeys(readSecret, name)).signingSecret;
  const callSlack = createCallSlack({ apiUrl, token, timeoutMs: 2000, retries: 0 });
  const registry = connectRegistry(env);
  const figures = createFigures(env.STAGE);
  const refused = createRefusalCounter({ registry, figures, functionName: 'slack', now });
  return { registry, signingSecret, callSlack, apiUrl, ceiling, refused, log: createLog(), now };
}
