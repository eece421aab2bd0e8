import { describe, expect, it } from 'vitest';
import type { Resource } from './synthesis.ts';
import { synthesized } from './synthesis.ts';

const only = (found: readonly Resource[], name: RegExp): Resource => {
  const [first, ...more] = found.filter(({ id }) => name.test(id));
  if (!first || more.length > 0)
    throw new Error(`${found.map(({ id }) => id).join()}: not one ${String(name)}`);
  return first;
};

describe.each([
  ['dev', 'Delete', false],
  ['prod', 'Retain', true],
] as const)('the data of %s', (stage, policy, refuses) => {
  const app = synthesized(stage);
  const tables = app.ofType('AWS::DynamoDB::Table');
  const keys = app.ofType('AWS::KMS::Key');
  const registry = only(tables, /^Registry/);
  const audit = only(tables, /^Audit/);

  it.each([
    ['registry', registry],
    ['audit log', audit],
  ])('keeps the %s under a key of the customer, recoverable to any second', (_, { Properties }) => {
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: {
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: { 'Fn::GetAtt': [only(keys, /^DataKey/).id, 'Arn'] },
      },
    });
  });

  it.each([
    ['registry', registry],
    ['audit log', audit],
  ])(`${refuses ? 'keeps' : 'lets go of'} the %s when the stack goes`, (_, table) => {
    expect(table.DeletionPolicy).toBe(policy);
    expect(table.UpdateReplacePolicy).toBe(policy);
    expect(table.Properties['DeletionProtectionEnabled']).toBe(refuses);
  });

  it('streams every audit event as it was written', () => {
    expect(audit.Properties['StreamSpecification']).toEqual({ StreamViewType: 'NEW_IMAGE' });
  });

  it('forgets rows of the registry by their ttl, and never an audit event', () => {
    expect(registry.Properties['TimeToLiveSpecification']).toEqual({ AttributeName: 'ttl', Enabled: true });
    expect(audit.Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  it('finds open, claimable and listed rows by sparse indexes', () => {
    const indexes = registry.Properties['GlobalSecondaryIndexes'] as { IndexName: string }[];
    expect(indexes.map(({ IndexName }) => IndexName)).toEqual(['open', 'work', 'list']);
  });

  it(`${refuses ? 'keeps' : 'lets go of'} its keys and logs with its tables`, () => {
    expect(keys).toHaveLength(2);
    for (const { DeletionPolicy, id } of [...keys, ...app.ofType('AWS::Logs::LogGroup')])
      expect(DeletionPolicy, id).toBe(policy);
  });

  it('signs tokens with Ed25519 and rotates the data key', () => {
    expect(only(keys, /^TokenKey/).Properties).toMatchObject({
      KeySpec: 'ECC_NIST_EDWARDS25519',
      KeyUsage: 'SIGN_VERIFY',
    });
    expect(only(keys, /^DataKey/).Properties).toMatchObject({ EnableKeyRotation: true });
  });

  it('forgets decisions after 90 days, or when a stage says, and never a release', () => {
    const rulesOf = (from: ReturnType<typeof synthesized>) =>
      only(from.ofType('AWS::S3::Bucket'), /^Releases/).Properties['LifecycleConfiguration'];
    const rule = (days: number) => ({
      Rules: [
        {
          Id: 'forget-decisions',
          Prefix: 'decisions/',
          Status: 'Enabled',
          ExpirationInDays: days,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
      ],
    });
    expect(rulesOf(app)).toEqual(rule(90));
    expect(rulesOf(synthesized(stage, { decisionDays: 400 }))).toEqual(rule(400));
  });

  it('always keeps releases, versioned and closed to the public', () => {
    const bucket = only(app.ofType('AWS::S3::Bucket'), /^Releases/);
    expect(bucket.DeletionPolicy).toBe('Retain');
    expect(bucket.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    const [insecure] = app.ofType('AWS::S3::BucketPolicy');
    expect(JSON.stringify(insecure?.Properties)).toContain('"aws:SecureTransport":"false"');
  });
});
