import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { createPageApi } from './page-api.ts';

const env = readEnvironment('approval-page', process.env);

export const handler = lambdaHandler(
  createPageApi({ registry: connectRegistry(env), apiUrl: env.API_URL, now: () => new Date() }),
);
