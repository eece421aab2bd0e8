import { S3Client } from '@aws-sdk/client-s3';
import { Fault } from '../../core/fault.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createFigures } from '../aws/metrics.ts';
import { openReach } from '../aws/egress/open-reach.ts';
import { createReadUpstream } from '../aws/read-upstream.ts';
import { createReleases } from '../aws/releases.ts';
import { watchUpstreams, type WatchDeps } from './watch-upstreams.ts';

const env = readEnvironment('watch-tools', process.env);
const now = () => new Date();
const deps: WatchDeps = {
  registry: connectRegistry(env),
  releases: createReleases(new S3Client({}), env.RELEASES_BUCKET),
  readUpstream: createReadUpstream(openReach(env, now)),
  record: createFigures(env.STAGE),
  log: createLog(),
  now,
};

/** Once an hour. Fails after every tool was looked at when one could not be, so that Lambda tries again. */
export const handler = async () => {
  const looked = await watchUpstreams(deps);
  if (looked.failed === 0) return looked;
  throw new Fault('DependencyFailed', `${looked.failed} of ${looked.seen} tools could not be looked after`);
};
