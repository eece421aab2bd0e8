import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAws, sendSigned } from '../fixtures/call-aws.ts';
import { refusedBoot } from '../fixtures/refused-boot.ts';
import { keysOf, resourceOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe }) => {
    new Secret(stack, 'Generated', { secretName: 'app/generated' }).grantRead(probe('Reader'));
    new Secret(stack, 'Unnamed', { generateSecretString: { passwordLength: 20 } });
    const secretStringTemplate = '{"user":"erp"}';
    new Secret(stack, 'Shaped', {
      generateSecretString: { secretStringTemplate, generateStringKey: 'pass' },
    });
    probe('Stranger');
  });
}, 60_000);
afterAll(() => test.stop());

type Answer = Readonly<Record<string, unknown>> & {
  readonly SecretString?: string;
  readonly VersionId?: string;
};
const call = (operation: string, input: unknown) =>
  callAws(test.cloud, 'secretsmanager', `secretsmanager.${operation}`, input) as Promise<Answer>;
const value = async (SecretId: string) => (await call('GetSecretValue', { SecretId })).SecretString;

describe('a secret of the template', () => {
  it('is made with a value of its own, once', async () => {
    const before = await value('app/generated');
    expect(before).toMatch(/^[A-Za-z0-9]{32}$/);
    await test.restart();
    expect(await value('app/generated')).toBe(before);
  });

  it('is found by its ARN, with the length that was asked for', async () => {
    expect(await value(resourceOf(test.cloud, 'Unnamed').ref)).toMatch(/^[A-Za-z0-9]{20}$/);
  });

  it('may hold its value in a field', async () => {
    const shaped = JSON.parse((await value(resourceOf(test.cloud, 'Shaped').ref)) ?? '') as unknown;
    expect(shaped).toEqual({ user: 'erp', pass: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string });
  });

  it('keeps what was put over a restart', async () => {
    await call('PutSecretValue', { SecretId: 'app/generated', SecretString: 'mine' });
    await test.restart();
    expect(await value('app/generated')).toBe('mine');
  });

  it('that asks for more is refused at boot, by the property’s name', async () => {
    const refusal = await refusedBoot(({ stack }) => {
      new CfnSecret(stack, 'Sealed', { kmsKeyId: 'alias/key' });
    });
    expect(refusal).toMatchObject({ name: 'BootError', leftRunning: 0 });
    expect(refusal.message).toContain('KmsKeyId');
  });
});

describe('a secret', () => {
  it('is created, replaced and described', async () => {
    const created = await call('CreateSecret', { Name: 'app/later', SecretString: 'one' });
    const ARN = expect.stringMatching(/:secret:app\/later-[0-9a-f]{6}$/) as string;
    expect(created).toMatchObject({ ARN, Name: 'app/later' });
    const { VersionId } = await call('PutSecretValue', { SecretId: 'app/later', SecretString: 'two' });
    expect(VersionId).not.toBe(created.VersionId);
    expect(await call('GetSecretValue', { SecretId: 'app/later' })).toEqual({
      ...{ ARN, Name: 'app/later', SecretString: 'two', VersionId, VersionStages: ['AWSCURRENT'] },
    });
    expect(await call('DescribeSecret', { SecretId: 'app/later' })).toEqual({ ARN, Name: 'app/later' });
  });

  it.each([
    [
      'GetSecretValue',
      { SecretId: 'nobody' },
      'ResourceNotFoundException',
      "can't find the specified secret",
    ],
    ['PutSecretValue', { SecretId: 'nobody', SecretString: 'x' }, 'ResourceNotFoundException', "can't find"],
    ['CreateSecret', { Name: 'app/generated' }, 'ResourceExistsException', 'app/generated'],
    ['GetSecretValue', { SecretId: 'app/generated', VersionId: 'old' }, 'ResourceNotFoundException', 'value'],
    [
      'GetSecretValue',
      { SecretId: 'app/generated', VersionStage: 'AWSPREVIOUS' },
      'ValidationException',
      'only AWSCURRENT',
    ],
    ['GetSecretValue', {}, 'ValidationException', 'SecretId'],
    ['ListSecrets', {}, 'UnsupportedOperation', 'secretsmanager ListSecrets is not run'],
    ['DeleteSecret', { SecretId: 'x' }, 'UnsupportedOperation', 'secretsmanager DeleteSecret is not run'],
  ])('%s of %o is refused', async (operation, input, __type, named) => {
    const message = expect.stringContaining(named) as string;
    expect(await call(operation, input)).toEqual({ __type, message });
  });

  it('without a value has none to give', async () => {
    await call('CreateSecret', { Name: 'app/empty' });
    expect(await call('GetSecretValue', { SecretId: 'app/empty' })).toMatchObject({
      __type: 'ResourceNotFoundException',
    });
  });

  it.each([
    ['Reader', 200],
    ['Stranger', 400],
  ])('is read by %s: %s', async (id, status) => {
    const response = await sendSigned(test.cloud, {
      ...{ method: 'POST', path: '/', service: 'secretsmanager', credentials: await keysOf(test, id) },
      headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: 'app/generated' }),
    });
    expect(response.status).toBe(status);
    if (status !== 200) expect(await response.text()).toContain('secretsmanager:GetSecretValue on resource');
  });

  it('lies in files that their owner alone can read, journals too', () => {
    const files = readdirSync(test.directory).filter((name) => name.startsWith('secrets.db'));
    const open = files.filter((name) => (statSync(join(test.directory, name)).mode & 0o077) !== 0);
    expect(files).not.toEqual([]);
    expect(open).toEqual([]);
  });
});
