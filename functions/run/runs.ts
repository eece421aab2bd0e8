import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { createRunsApi } from './runs-api.ts';

const env = readEnvironment('runs', process.env);

export const handler = lambdaHandler(
  createRunsApi({ registry: connectRegistry(env), now: () => new Date() }),
);
