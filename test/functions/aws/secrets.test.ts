import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReadSecret } from '../../../functions/aws/secrets.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../../harness/aws-endpoint.ts';

let aws: AwsEndpoint;
let now = new Date('2026-11-23T10:00:00Z');
beforeAll(async () => {
  aws = await startAwsEndpoint();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.calls.length = 0;
  now = new Date('2026-11-23T10:00:00Z');
  let turn = 0;
  aws.answer = ({ body }) => {
    turn += 1;
    const { SecretId } = JSON.parse(body) as { SecretId: string };
    return { body: { SecretString: `${SecretId}-${turn}` } };
  };
});
const reader = () => createReadSecret(new SecretsManagerClient(aws.client), () => now);
const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};

describe('a secret', () => {
  it('is asked for once in five minutes, and again after them', async () => {
    const read = reader();
    expect(await read('erp')).toBe('erp-1');
    later(299_999);
    expect(await read('erp')).toBe('erp-1');
    later(1);
    expect(await read('erp')).toBe('erp-2');
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['GetSecretValue', 'GetSecretValue']);
  });

  it('is never taken for another', async () => {
    const read = reader();
    expect([await read('erp'), await read('crm'), await read('erp')]).toEqual(['erp-1', 'crm-2', 'erp-1']);
  });

  it('that could not be read is asked for again', async () => {
    const read = reader();
    const fine = aws.answer;
    aws.answer = () => ({ error: 'AccessDeniedException' });
    await expect(read('erp')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    aws.answer = fine;
    expect(await read('erp')).toBe('erp-1');
  });

  it('without a text value is a fault that names it', async () => {
    aws.answer = () => ({ body: { SecretBinary: 'AAAA' } });
    await expect(reader()('erp')).rejects.toMatchObject({
      name: 'DependencyFailed',
      message: 'secret erp has no text value: store one',
    });
  });
});
