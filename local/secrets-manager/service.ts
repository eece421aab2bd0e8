import { createHash } from 'node:crypto';
import * as z from 'zod';
import { jsonReply, parseInput, readJsonCall } from '../json-call.ts';
import { ACCOUNT, type AwsCall, AwsError, REGION, type Resource, type Service } from '../service.ts';
import { openSecretStore, type Secret, type SecretStore } from './secret-store.ts';
import { seedSecret } from './seed-secret.ts';

const named = z.looseObject({ SecretId: z.string().min(1) });
/** Older versions are not kept. */
const read = named.extend({
  VersionId: z.string().optional(),
  VersionStage: z.literal('AWSCURRENT', 'only AWSCURRENT is kept on the laptop').default('AWSCURRENT'),
});
const text = z.string().min(1).max(65_536);
const put = named.extend({ SecretString: text });
const created = z.looseObject({ Name: z.string().min(1).max(512), SecretString: text.optional() });

/** Secrets Manager: the template's secrets and those made later, durable in a file only its owner reads. */
export function createSecretsManager(options: {
  readonly resources: readonly Resource[];
  readonly directory: string;
}): { readonly service: Service; stop(): void } {
  const store = openSecretStore(options.directory);
  for (const resource of options.resources) {
    if (resource.type === 'AWS::SecretsManager::Secret') seedSecret(store, resource);
  }
  return {
    stop: () => store.close(),
    service: {
      signingName: 'secretsmanager',
      errors: 'json',
      permissions: (call) => {
        const { operation, body } = readCall(call);
        return [{ action: `secretsmanager:${operation}`, resource: resourceOf(store, operation, body) }];
      },
      handle: async (call) => {
        const { run, body } = readCall(call);
        return jsonReply(run(store, body));
      },
    },
  };
}

type Operation = (store: SecretStore, body: unknown) => unknown;

const VersionStages = ['AWSCURRENT'];

const operations: Readonly<Record<string, Operation>> = {
  GetSecretValue: (store, body) => {
    const { name, arn, value, version } = existing(store, body);
    const { VersionId = version } = parseInput(read, body);
    if (value !== null && VersionId === version) {
      return { ARN: arn, Name: name, SecretString: value, VersionId, VersionStages };
    }
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret value");
  },
  DescribeSecret: (store, body) => {
    const { name, arn } = existing(store, body);
    return { ARN: arn, Name: name };
  },
  PutSecretValue: (store, body) => {
    const { name, arn } = existing(store, body);
    const VersionId = store.write({ name, arn, value: parseInput(put, body).SecretString });
    return { ARN: arn, Name: name, VersionId, VersionStages };
  },
  CreateSecret: (store, body) => {
    const { Name: name, SecretString } = parseInput(created, body);
    if (store.find(name)) throw new AwsError('ResourceExistsException', `the secret ${name} already exists`);
    const VersionId = store.write({ name, arn: arnOf(name), value: SecretString ?? null });
    return { ARN: arnOf(name), Name: name, VersionId };
  },
};

function readCall(call: AwsCall) {
  const { operation, body } = readJsonCall(call, 'secretsmanager');
  const run = operations[operation];
  if (run) return { operation, body, run };
  throw new AwsError('UnsupportedOperation', `secretsmanager ${operation} is not run on the laptop`);
}

/** The ARN AWS would give: the name and a suffix of six characters, stable per name. */
function arnOf(name: string): string {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-${suffix}`;
}

function resourceOf(store: SecretStore, operation: string, body: unknown): string {
  if (operation === 'CreateSecret') return arnOf(parseInput(created, body).Name);
  const { SecretId } = parseInput(named, body);
  return store.find(SecretId)?.arn ?? (SecretId.startsWith('arn:') ? SecretId : arnOf(SecretId));
}

function existing(store: SecretStore, body: unknown): Secret {
  const { SecretId } = parseInput(named, body);
  const secret = store.find(SecretId);
  if (secret) return secret;
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}
