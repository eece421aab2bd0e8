import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';

/** A bucket of the template with the folder that holds its objects. */
export type Bucket = { readonly name: string; readonly arn: string; readonly home: string };

const encryption = z.strictObject({
  ServerSideEncryptionConfiguration: z.array(
    z.looseObject({
      /** A customer-managed key would ask rights of every caller. */
      ServerSideEncryptionByDefault: z.strictObject({ SSEAlgorithm: z.literal('AES256') }).optional(),
    }),
  ),
});

/** What the template may say of a bucket; old versions and public access exist in AWS alone. */
const properties = z.strictObject({
  BucketName: z.string().optional(),
  BucketEncryption: encryption.optional(),
  VersioningConfiguration: z.unknown().optional(),
  PublicAccessBlockConfiguration: z.unknown().optional(),
  OwnershipControls: z.unknown().optional(),
  LifecycleConfiguration: z.unknown().optional(),
  LoggingConfiguration: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

export function readBuckets(resources: readonly Resource[], directory: string): readonly Bucket[] {
  return readResources(resources, 'AWS::S3::Bucket', properties).map(({ resource: { ref, arn } }) => {
    const home = join(directory, ref);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return { name: ref, arn, home };
  });
}
