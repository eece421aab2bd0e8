import { S3Client } from '@aws-sdk/client-s3';
import { Fault } from '../../core/fault.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createReleases } from '../aws/releases.ts';
import { reviewWaiting } from './review-waiting.ts';

const env = readEnvironment('review-held', process.env);
const deps = {
  registry: connectRegistry(env),
  releases: createReleases(new S3Client({}), env.RELEASES_BUCKET),
  log: createLog(),
  now: () => new Date(),
};

/** Runs when rules come into force and when a kill switch is engaged. Fails after the whole review, so that it is tried again. */
export const handler = async () => {
  const { superseded, failed } = await reviewWaiting(deps);
  if (failed > 0) throw new Fault('DependencyFailed', `${failed} waiting approvals could not be reviewed`);
  return { superseded };
};
