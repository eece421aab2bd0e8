import { S3Client } from '@aws-sdk/client-s3';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createReleases } from '../aws/releases.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { createPageApi } from './page-api.ts';

const env = readEnvironment('approval-page', process.env);

export const handler = lambdaHandler(
  createPageApi({
    registry: connectRegistry(env),
    releases: createReleases(new S3Client({}), env.RELEASES_BUCKET),
    log: createLog(),
    apiUrl: env.API_URL,
    now: () => new Date(),
  }),
);
