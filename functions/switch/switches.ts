import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { createSwitchesApi } from './switches-api.ts';

const env = readEnvironment('switches', process.env);

export const handler = lambdaHandler(
  createSwitchesApi({ registry: connectRegistry(env), now: () => new Date() }),
);
