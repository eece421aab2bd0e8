import { randomBytes } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createFigures } from '../aws/metrics.ts';
import { createRefusalCounter } from '../aws/refusals.ts';
import { createTokenKey } from '../aws/token-key.ts';
import { createAuthenticate } from '../http/authenticate.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { createTasksApi } from './tasks-api.ts';

const env = readEnvironment('tasks', process.env);
const registry = connectRegistry(env);
const now = () => new Date();
const figures = createFigures(env.STAGE);

export const handler = lambdaHandler(
  createTasksApi({
    registry,
    newLease: () => randomBytes(32).toString('base64url'),
    now,
    authenticate: createAuthenticate({
      key: createTokenKey(new KMSClient({}), env.TOKEN_KEY_ID),
      issuer: env.API_URL,
      now,
      refused: createRefusalCounter({ registry, figures, functionName: 'tasks', now }),
    }),
  }),
);
