import { createPublicKey, verify } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListKeysCommand,
  SignCommand,
} from '@aws-sdk/client-kms';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedBoot } from '../fixtures/refused-boot.ts';
import { clientSettings, keysOf, resourceOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe }) => {
    const signing = { keySpec: KeySpec.ECC_NIST_EDWARDS25519, keyUsage: KeyUsage.SIGN_VERIFY };
    const key = new Key(stack, 'Signing', { ...signing, alias: 'signing' });
    new Key(stack, 'Sealing');
    const by = (algorithm: string) => ({
      ...{ actions: ['kms:Sign'], resources: [key.keyArn] },
      conditions: { StringEquals: { 'kms:SigningAlgorithm': algorithm } },
    });
    probe('Signer').addToRolePolicy(new PolicyStatement(by('ED25519_SHA_512')));
    probe('OtherSigner').addToRolePolicy(new PolicyStatement(by('ECDSA_SHA_256')));
  });
}, 60_000);
afterAll(() => test.stop());

const client = (credentials = test.cloud.administrator) =>
  new KMSClient({ ...clientSettings(test.cloud), credentials });
const keyId = (id: string) => resourceOf(test.cloud, id).ref;
const Message = Buffer.from('to be signed');
const signing = { Message, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' } as const;

async function publicKey() {
  const { PublicKey } = await client().send(new GetPublicKeyCommand({ KeyId: keyId('Signing') }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
}

describe('a signing key', () => {
  it.each([
    ['its id', () => keyId('Signing')],
    ['its ARN', () => resourceOf(test.cloud, 'Signing').arn],
    ['its alias', () => 'alias/signing'],
    ['its alias’s ARN', () => 'arn:aws:kms:us-east-1:000000000000:alias/signing'],
  ])('named by %s signs what its public key verifies', async (_, name) => {
    const { Signature = [] } = await client().send(new SignCommand({ ...signing, KeyId: name() }));
    expect(verify(null, Message, await publicKey(), Buffer.from(Signature))).toBe(true);
  });

  it('survives a restart', async () => {
    const before = (await publicKey()).export({ format: 'jwk' });
    await test.restart();
    expect((await publicKey()).export({ format: 'jwk' })).toEqual(before);
  });

  it('signs for a role whose policy allows the algorithm, and for no other', async () => {
    const sign = async (id: string) =>
      client(await keysOf(test, id)).send(new SignCommand({ ...signing, KeyId: keyId('Signing') }));
    await expect(sign('Signer')).resolves.toMatchObject({ SigningAlgorithm: 'ED25519_SHA_512' });
    await expect(sign('OtherSigner')).rejects.toThrow(/kms:Sign on resource: arn:aws:kms:\S+:key\//);
  });
});

describe('a symmetric key', () => {
  const Plaintext = Buffer.from('a secret');
  const EncryptionContext = { a: '1', b: '2' };

  it('decrypts what it has encrypted, after a restart too', async () => {
    const KeyId = keyId('Sealing');
    const { CiphertextBlob } = await client().send(new EncryptCommand({ KeyId, Plaintext }));
    expect(Buffer.from(CiphertextBlob ?? []).includes(Plaintext)).toBe(false);
    await test.restart();
    const opened = await client().send(new DecryptCommand({ KeyId, CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  });

  it('gives data keys that it can decrypt', async () => {
    const KeyId = keyId('Sealing');
    const made = await client().send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    const { CiphertextBlob } = made;
    const opened = await client().send(new DecryptCommand({ KeyId, CiphertextBlob }));
    expect(opened.Plaintext).toEqual(made.Plaintext);
    expect(made.Plaintext).toHaveLength(32);
  });

  it.each([
    ['the same', { b: '2', a: '1' }, true],
    ['another', { a: '1' }, false],
    ['none', undefined, false],
  ])('binds to its encryption context: %s', async (_, context, opens) => {
    const KeyId = keyId('Sealing');
    const sealed = await client().send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
    const { CiphertextBlob } = sealed;
    const asked = client().send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext: context }));
    const outcome = await asked.then(
      () => 'opened',
      (error: Error) => error.name,
    );
    expect(outcome).toBe(opens ? 'opened' : 'InvalidCiphertextException');
  });
});

describe('KMS', () => {
  it('keeps its keys where their owner alone can read them', () => {
    const home = join(test.directory, 'kms');
    const rights = readdirSync(home).map((name) => statSync(join(home, name)).mode & 0o777);
    expect(rights).toEqual([0o600, 0o600]);
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  it('refuses an unknown key', async () => {
    const asked = client().send(new SignCommand({ ...signing, KeyId: 'nobody' }));
    await expect(asked).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('refuses a key made for something else', async () => {
    const sealed = client().send(new SignCommand({ ...signing, KeyId: keyId('Sealing') }));
    await expect(sealed).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
    const encrypted = client().send(new EncryptCommand({ KeyId: keyId('Signing'), Plaintext: Message }));
    await expect(encrypted).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
  });

  it('refuses more than 4096 bytes to sign', async () => {
    const big = { ...signing, KeyId: keyId('Signing'), Message: Buffer.alloc(4097) };
    await expect(client().send(new SignCommand(big))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('refuses an operation that is not run by name', async () => {
    const asked = client().send(new ListKeysCommand({}));
    await expect(asked).rejects.toThrow('kms ListKeys is not run on the laptop');
  });

  it('refuses at boot a kind of key that is not run', async () => {
    const refusal = await refusedBoot(({ stack }) => {
      new Key(stack, 'Rsa', { keySpec: KeySpec.RSA_2048, keyUsage: KeyUsage.SIGN_VERIFY });
    });
    expect(refusal).toMatchObject({ name: 'BootError', leftRunning: 0 });
    expect(refusal.message).toContain('KeySpec RSA_2048 is not run');
  });
});
