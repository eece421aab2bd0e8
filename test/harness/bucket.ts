import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { createAwsDoor } from '../../local/answer-aws.ts';
import { openEndpoint } from '../../local/endpoint.ts';
import { createS3 } from '../../local/s3/service.ts';

export type TestBucket = { readonly client: S3Client; readonly name: string; stop(): Promise<void> };

/** The local cloud's S3 with one empty bucket, for the real client; who calls is not asked. */
export async function startBucket(): Promise<TestBucket> {
  const directory = mkdtempSync(join(tmpdir(), 'autonomy-bucket-'));
  const name = 'releases';
  const arn = `arn:aws:s3:::${name}`;
  const bucket = {
    stack: 'Test',
    logicalId: 'Releases',
    type: 'AWS::S3::Bucket',
    ref: name,
    arn,
    properties: {},
  };
  const { service } = createS3({ resources: [bucket], directory });
  const identify = () => ({ kind: 'administrator', arn: 'arn:aws:iam::000000000000:root' }) as const;
  const answer = createAwsDoor({ services: [service], identify, authorize: () => undefined });
  const endpoint = await openEndpoint(0);
  endpoint.serve((request) => answer('s3', request));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${endpoint.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  });
  return {
    client,
    name,
    stop: async () => {
      client.destroy();
      await endpoint.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
