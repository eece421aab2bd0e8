import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import { type Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';

const key = z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) });
const index = z.strictObject({
  IndexName: z.string(),
  KeySchema: z.array(key),
  Projection: z.strictObject({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  /** Capacity and its insights are AWS's business. */
  ProvisionedThroughput: z.unknown().optional(),
  OnDemandThroughput: z.unknown().optional(),
  ContributorInsightsSpecification: z.unknown().optional(),
});

const properties = z.strictObject({
  TableName: z.string().optional(),
  KeySchema: z.array(key),
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(index).default([]),
  StreamSpecification: z.strictObject({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
  SSESpecification: z
    .strictObject({
      SSEEnabled: z.boolean(),
      SSEType: z.string().optional(),
      KMSMasterKeyId: z.string().optional(),
    })
    .optional(),
  BillingMode: z.unknown().optional(),
  ProvisionedThroughput: z.unknown().optional(),
  OnDemandThroughput: z.unknown().optional(),
  PointInTimeRecoverySpecification: z.unknown().optional(),
  ContributorInsightsSpecification: z.unknown().optional(),
  DeletionProtectionEnabled: z.unknown().optional(),
  TableClass: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

/** A table of the template. */
export type Table = {
  readonly name: string;
  readonly arn: string;
  /** The customer-managed key whose use DynamoDB asks of every caller. */
  readonly keyArn: string | undefined;
  readonly definition: z.infer<typeof properties>;
};

export function readTables(resources: readonly Resource[]): readonly Table[] {
  const keys = resources.filter(({ type }) => type === 'AWS::KMS::Key');
  return readResources(resources, 'AWS::DynamoDB::Table', properties).map(({ resource, properties: p }) => {
    const keyId = p.SSESpecification?.KMSMasterKeyId;
    const found = keys.find(({ ref, arn }) => ref === keyId || arn === keyId);
    if (keyId !== undefined && !found) {
      throw new BootError(`${resource.stack}/${resource.logicalId}: its key ${keyId} is not in the template`);
    }
    return { name: resource.ref, arn: resource.arn, keyArn: found?.arn, definition: p };
  });
}
