import { S3Client } from '@aws-sdk/client-s3';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createReleases } from '../aws/releases.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { createGovernanceApi } from './governance-api.ts';

const env = readEnvironment('apply', process.env);

export const handler = lambdaHandler(
  createGovernanceApi({
    registry: connectRegistry(env),
    releases: createReleases(new S3Client({}), env.RELEASES_BUCKET),
    now: () => new Date(),
  }),
);
