import { createCipheriv, createDecipheriv, createPublicKey, randomBytes, sign } from 'node:crypto';
import * as z from 'zod';
import { jsonReply, parseInput, readJsonCall } from '../json-call.ts';
import { type AwsCall, AwsError, type Resource, type Service } from '../service.ts';
import { type KeyStore, type LocalKey, openKeys } from './keys.ts';

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const keyed = z.looseObject({ KeyId: z.string().min(1) });
const bound = keyed.extend({ EncryptionContext: z.record(z.string(), z.string()).default({}) });

const signing = keyed.extend({
  Message: bytes,
  MessageType: z.literal('RAW').default('RAW'),
  SigningAlgorithm: z.literal('ED25519_SHA_512'),
});

type Operation = (key: LocalKey, body: unknown) => unknown;

const operations: Readonly<Record<string, Operation>> = {
  Sign: (key, body) => {
    const { Message, SigningAlgorithm } = parseInput(signing, body);
    if (Message.length > 4096) throw new AwsError('ValidationException', 'Message: at most 4096 bytes');
    const Signature = sign(null, Message, asymmetric(key).privateKey).toString('base64');
    return { KeyId: key.arn, Signature, SigningAlgorithm };
  },
  GetPublicKey: (key) => ({
    KeyId: key.arn,
    KeySpec: key.spec,
    KeyUsage: 'SIGN_VERIFY',
    SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
    PublicKey: createPublicKey(asymmetric(key).privateKey)
      .export({ format: 'der', type: 'spki' })
      .toString('base64'),
  }),
  Encrypt: (key, body) => {
    const { Plaintext, EncryptionContext } = parseInput(bound.extend({ Plaintext: bytes }), body);
    return { KeyId: key.arn, CiphertextBlob: seal(symmetric(key), Plaintext, EncryptionContext) };
  },
  Decrypt: (key, body) => {
    const { CiphertextBlob, EncryptionContext } = parseInput(bound.extend({ CiphertextBlob: bytes }), body);
    return { KeyId: key.arn, Plaintext: unseal(symmetric(key), CiphertextBlob, EncryptionContext) };
  },
  GenerateDataKey: (key, body) => {
    const { EncryptionContext } = parseInput(bound, body);
    const plain = randomBytes(32);
    return {
      KeyId: key.arn,
      Plaintext: plain.toString('base64'),
      CiphertextBlob: seal(symmetric(key), plain, EncryptionContext),
    };
  },
  DescribeKey: (key) => ({
    KeyMetadata: { KeyId: key.id, Arn: key.arn, Enabled: true, KeyState: 'Enabled', KeySpec: key.spec },
  }),
};

/** KMS: the template's keys, durable, with the operations our functions call; anything else is refused by name. */
export function createKms(options: { readonly resources: readonly Resource[]; readonly directory: string }): {
  readonly service: Service;
} {
  const keys = openKeys(options);
  return {
    service: {
      signingName: 'kms',
      errors: 'json',
      permissions: (call) => {
        const { operation, body } = readCall(call);
        const algorithm = z.looseObject({ SigningAlgorithm: z.string() }).safeParse(body)
          .data?.SigningAlgorithm;
        const context = algorithm === undefined ? {} : { 'kms:SigningAlgorithm': algorithm };
        return [{ action: `kms:${operation}`, resource: keyOf(keys, body).arn, context }];
      },
      handle: async (call) => {
        const { run, body } = readCall(call);
        return jsonReply(run(keyOf(keys, body), body));
      },
    },
  };
}

function readCall(call: AwsCall) {
  const { operation, body } = readJsonCall(call, 'TrentService');
  const run = operations[operation];
  if (run) return { operation, body, run };
  throw new AwsError('UnsupportedOperation', `kms ${operation} is not run on the laptop`);
}

function keyOf(keys: KeyStore, body: unknown): LocalKey {
  const { KeyId } = parseInput(keyed, body);
  const key = keys.find(KeyId);
  if (key) return key;
  throw new AwsError('NotFoundException', `Key '${KeyId}' does not exist`);
}

function asymmetric(key: LocalKey): Extract<LocalKey, { kind: 'asymmetric' }> {
  if (key.kind === 'asymmetric') return key;
  throw new AwsError('InvalidKeyUsageException', `${key.arn} key usage is ENCRYPT_DECRYPT`);
}

function symmetric(key: LocalKey): Buffer {
  if (key.kind === 'symmetric') return key.secret;
  throw new AwsError('InvalidKeyUsageException', `${key.arn} key usage is SIGN_VERIFY`);
}

type EncryptionContext = Readonly<Record<string, string>>;

/** The context as bytes that a ciphertext is bound to, whatever the order of its fields. */
function boundTo(context: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function seal(secret: Buffer, plain: Buffer, context: EncryptionContext): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, iv).setAAD(boundTo(context));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

function unseal(secret: Buffer, blob: Buffer, context: EncryptionContext): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, blob.subarray(0, 12));
    decipher.setAAD(boundTo(context));
    decipher.setAuthTag(blob.subarray(12, 28));
    return Buffer.concat([decipher.update(blob.subarray(28)), decipher.final()]).toString('base64');
  } catch {
    throw new AwsError('InvalidCiphertextException', 'the ciphertext is not of this key and context');
  }
}
