import { S3Client } from '@aws-sdk/client-s3';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createRecordedDecisions } from '../aws/recorded-decisions.ts';
import { createReleases } from '../aws/releases.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { approvalReportRoutes } from './approval-report-routes.ts';
import { createGovernanceApi } from './governance-api.ts';
import { replayRoutes } from './replay-routes.ts';
import { shadowRoutes } from './shadow-routes.ts';

const env = readEnvironment('apply', process.env);
const s3 = new S3Client({});

const deps = {
  registry: connectRegistry(env),
  releases: createReleases(s3, env.RELEASES_BUCKET),
  recorded: createRecordedDecisions(s3, env.RELEASES_BUCKET),
  now: () => new Date(),
};
const api = createGovernanceApi(deps);
replayRoutes(api, deps);
shadowRoutes(api, deps);
approvalReportRoutes(api, deps);

export const handler = lambdaHandler(api);
