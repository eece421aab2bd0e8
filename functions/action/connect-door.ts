import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { createBreakers } from '../aws/breakers.ts';
import { createCallTool } from '../aws/call-tool.ts';
import { connectRegistry } from '../aws/clients.ts';
import { connectAgent } from '../aws/connectors/connect-agent.ts';
import { connectEvent } from '../aws/connectors/connect-event.ts';
import { connectHttp } from '../aws/connectors/connect-http.ts';
import { connectLambda } from '../aws/connectors/connect-lambda.ts';
import { connectMcp } from '../aws/connectors/connect-mcp.ts';
import { connectWorkflow } from '../aws/connectors/connect-workflow.ts';
import type { Environment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { openReach } from '../aws/egress/open-reach.ts';
import { keepOutputRules } from '../aws/connectors/output-rules.ts';
import { createLimitCounter } from '../aws/limit-counter.ts';
import { createTakeRate } from '../aws/rates.ts';
import { createReleases } from '../aws/releases.ts';
import type { DoorDeps } from './answer-request.ts';
import { createJudge, createOpenRelease } from './judge.ts';

/** What the door and the executor share: registry, releases, judge and connectors. */
export function connectDoor(env: Omit<Environment<'execute-action'>, 'APPROVAL_LAPSE_MINUTES'>): DoorDeps {
  const now = () => new Date();
  const log = createLog();
  const open = createOpenRelease(createReleases(new S3Client({}), env.RELEASES_BUCKET));
  const reach = openReach(env, now);
  const http = keepOutputRules(connectHttp(reach));
  const mcp = keepOutputRules(connectMcp(reach));
  const lambda = keepOutputRules(connectLambda(new LambdaClient({ maxAttempts: 1 })));
  const dynamodb = new DynamoDBClient({});
  const registry = connectRegistry(env);
  const workflow = keepOutputRules(connectWorkflow(new SFNClient({}), { now, sleep }));
  const event = keepOutputRules(connectEvent(new EventBridgeClient({ maxAttempts: 1 })));
  const agent = keepOutputRules(connectAgent({ registry, now, sleep }));
  const callTool = createCallTool({ http, lambda, mcp, workflow, event, agent }, now);
  return {
    registry,
    open,
    judge: createJudge(open, log),
    callTool,
    breakers: createBreakers(dynamodb, env.REGISTRY_TABLE),
    takeRate: createTakeRate(dynamodb, env.REGISTRY_TABLE),
    limited: createLimitCounter({ registry, now }),
    newKey: () => crypto.randomUUID(),
    log,
    now,
  };
}
