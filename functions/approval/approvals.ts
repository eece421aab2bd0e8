import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../aws/env.ts';
import { createReader } from '../aws/registry.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { createApprovalsApi } from './approvals-api.ts';

const env = readEnvironment('approvals', process.env);

export const handler = lambdaHandler(
  createApprovalsApi({
    registry: createReader(new DynamoDBClient({}), env.REGISTRY_TABLE),
    now: () => new Date(),
  }),
);
