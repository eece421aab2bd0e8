import { KMSClient } from '@aws-sdk/client-kms';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createFigures } from '../aws/metrics.ts';
import { createRefusalCounter } from '../aws/refusals.ts';
import { createTokenKey } from '../aws/token-key.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { createTokenApi } from './token-api.ts';

const env = readEnvironment('token', process.env);
const registry = connectRegistry(env);
const figures = createFigures(env.STAGE);
const now = () => new Date();

export const handler = lambdaHandler(
  createTokenApi({
    registry,
    key: createTokenKey(new KMSClient({}), env.TOKEN_KEY_ID),
    issuer: env.API_URL,
    now,
    newJti: () => crypto.randomUUID(),
    refused: createRefusalCounter({ registry, figures, functionName: 'token', now }),
  }),
);
