import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createCallTool } from '../aws/call-tool.ts';
import { connectRegistry } from '../aws/clients.ts';
import { connectHttp } from '../aws/connect-http.ts';
import { connectLambda } from '../aws/connect-lambda.ts';
import type { Environment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createReleases } from '../aws/releases.ts';
import { createReadSecret } from '../aws/secrets.ts';
import type { DoorDeps } from './answer-request.ts';
import { createJudge, createOpenRelease } from './judge.ts';

/** What the door and the executor share: registry, releases, judge and connectors. */
export function connectDoor(env: Environment<'execute-action'>): DoorDeps {
  const now = () => new Date();
  const log = createLog();
  const open = createOpenRelease(createReleases(new S3Client({}), env.RELEASES_BUCKET));
  const http = connectHttp(createReadSecret(new SecretsManagerClient({}), now));
  const lambda = connectLambda(new LambdaClient({ maxAttempts: 1 }));
  const callTool = createCallTool({ http, lambda }, now);
  return { registry: connectRegistry(env), open, judge: createJudge(open, log), callTool, log, now };
}
