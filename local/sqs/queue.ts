import * as z from 'zod';
import type { Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';

const properties = z.strictObject({
  QueueName: z.string().optional(),
  MessageRetentionPeriod: z.coerce.number().default(345_600),
  VisibilityTimeout: z.coerce.number().default(30),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: z.unknown().optional(),
  SqsManagedSseEnabled: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

/** A standard queue of the template. */
export type Queue = {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly retentionMs: number;
  readonly visibilitySeconds: number;
  /** The customer-managed key that senders and receivers must be allowed to use. */
  readonly keyArn: string | undefined;
};

export function readQueues(resources: readonly Resource[]): readonly Queue[] {
  const keys = resources.filter(({ type }) => type === 'AWS::KMS::Key');
  return readResources(resources, 'AWS::SQS::Queue', properties).map(({ resource, properties: p }) => ({
    name: resource.arn.split(':').at(-1) ?? resource.ref,
    url: resource.ref,
    arn: resource.arn,
    retentionMs: p.MessageRetentionPeriod * 1000,
    visibilitySeconds: p.VisibilityTimeout,
    keyArn: keys.find(({ ref, arn }) => ref === p.KmsMasterKeyId || arn === p.KmsMasterKeyId)?.arn,
  }));
}
