import { describe, expect, it } from 'vitest';
import { CfnResource } from 'aws-cdk-lib';
import { refusedBoot } from '../fixtures/refused-boot.ts';

describe('a property that the laptop would ignore', () => {
  it.each<[string, object, string]>([
    ['AWS::SQS::Queue', { FifoQueue: true }, 'FifoQueue'],
    ['AWS::SQS::Queue', { RedrivePolicy: {} }, 'RedrivePolicy'],
    ['AWS::S3::Bucket', { ObjectLockEnabled: true }, 'ObjectLockEnabled'],
    ['AWS::SecretsManager::Secret', { ReplicaRegions: [] }, 'ReplicaRegions'],
    ['AWS::KMS::Key', { MultiRegion: true }, 'MultiRegion'],
  ])('of %s is refused by name: %o', async (type, properties, named) => {
    const refusal = await refusedBoot(({ stack }) => {
      new CfnResource(stack, 'X', { type, properties: { ...properties } });
    });
    expect(refusal).toMatchObject({ name: 'BootError', leftRunning: 0 });
    expect(refusal.message).toContain('Test/X');
    expect(refusal.message).toContain(named);
  });
});
