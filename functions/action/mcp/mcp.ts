import { KMSClient } from '@aws-sdk/client-kms';
import { readEnvironment } from '../../aws/env.ts';
import { createFigures } from '../../aws/metrics.ts';
import { createRefusalCounter } from '../../aws/refusals.ts';
import { createTokenKey } from '../../aws/token-key.ts';
import { createAuthenticate } from '../../http/authenticate.ts';
import { lambdaHandler } from '../../http/lambda.ts';
import { connectDoor } from '../connect-door.ts';
import { createMcpApi } from './mcp-api.ts';

const env = readEnvironment('mcp', process.env);
const deps = connectDoor(env);
const { registry, now } = deps;
const figures = createFigures(env.STAGE);

export const handler = lambdaHandler(
  createMcpApi({
    ...deps,
    issuer: env.API_URL,
    authenticate: createAuthenticate({
      key: createTokenKey(new KMSClient({}), env.TOKEN_KEY_ID),
      issuer: env.API_URL,
      now,
      refused: createRefusalCounter({ registry, figures, functionName: 'mcp', now }),
    }),
  }),
);
