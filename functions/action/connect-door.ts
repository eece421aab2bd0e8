import { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { createBreakers } from '../aws/breakers.ts';
import { createCallTool } from '../aws/call-tool.ts';
import { connectRegistry } from '../aws/clients.ts';
import { connectHttp } from '../aws/connect-http.ts';
import { connectLambda } from '../aws/connect-lambda.ts';
import type { Environment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { openReach } from '../aws/open-reach.ts';
import { keepOutputRules } from '../aws/output-rules.ts';
import { createLimitCounter } from '../aws/limit-counter.ts';
import { createTakeRate } from '../aws/rates.ts';
import { createReleases } from '../aws/releases.ts';
import type { DoorDeps } from './answer-request.ts';
import { createJudge, createOpenRelease } from './judge.ts';

/** What the door and the executor share: registry, releases, judge and connectors. */
export function connectDoor(env: Environment<'execute-action'>): DoorDeps {
  const now = () => new Date();
  const log = createLog();
  const open = createOpenRelease(createReleases(new S3Client({}), env.RELEASES_BUCKET));
  const http = keepOutputRules(connectHttp(openReach(env, now)));
  const lambda = keepOutputRules(connectLambda(new LambdaClient({ maxAttempts: 1 })));
  const callTool = createCallTool({ http, lambda }, now);
  const dynamodb = new DynamoDBClient({});
  return {
    registry: connectRegistry(env),
    open,
    judge: createJudge(open, log),
    callTool,
    breakers: createBreakers(dynamodb, env.REGISTRY_TABLE),
    takeRate: createTakeRate(dynamodb, env.REGISTRY_TABLE),
    limited: createLimitCounter({ registry: connectRegistry(env), now }),
    newKey: () => crypto.randomUUID(),
    log,
    now,
  };
}
