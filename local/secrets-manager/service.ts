import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { jsonReply, parseInput, readJsonCall } from '../json-call.ts';
import { ACCOUNT, AwsError, REGION, type Resource, type Service } from '../service.ts';

type Secret = {
  readonly name: string;
  readonly arn: string;
  readonly value: string | null;
  readonly version: string;
};

const named = z.looseObject({ SecretId: z.string().min(1) });
const created = z.looseObject({ Name: z.string().min(1).max(512), SecretString: z.string().optional() });
const put = named.extend({ SecretString: z.string().min(1).max(65_536) });
const properties = z.looseObject({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z.looseObject({ PasswordLength: z.number().default(32) }).optional(),
});

/** Secrets Manager: the template's secrets and those made later, durable in a file only its owner reads. */
export function createSecretsManager(options: {
  readonly resources: readonly Resource[];
  readonly directory: string;
}): { readonly service: Service } {
  const store = openStore(options.directory);
  for (const resource of options.resources) {
    if (resource.type === 'AWS::SecretsManager::Secret') seed(store, resource);
  }
  return {
    service: {
      signingName: 'secretsmanager',
      errors: 'json',
      permissions: (call) => {
        const { operation, body } = readJsonCall(call, 'secretsmanager');
        return [{ action: `secretsmanager:${operation}`, resource: resourceOf(store, operation, body) }];
      },
      handle: async (call) => {
        const { operation, body } = readJsonCall(call, 'secretsmanager');
        return jsonReply(run(store, operation, body));
      },
    },
  };
}

type Store = ReturnType<typeof openStore>;

function openStore(directory: string) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(directory, 'secrets.db'));
  db.exec('CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, arn TEXT, value TEXT, version TEXT)');
  const find = db.prepare('SELECT * FROM secrets WHERE name = ?1 OR arn = ?1');
  const write = db.prepare('INSERT OR REPLACE INTO secrets (name, arn, value, version) VALUES (?, ?, ?, ?)');
  return {
    find: (id: string) => find.get(id) as Secret | undefined,
    write: (name: string, arn: string, value: string | null) => {
      const version = randomUUID();
      write.run(name, arn, value, version);
      return version;
    },
  };
}

function seed(store: Store, { arn, logicalId, properties: given }: Resource): void {
  const { Name, SecretString, GenerateSecretString } = properties.parse(given);
  const name = Name ?? logicalId;
  if (store.find(name)) return;
  const value =
    SecretString ??
    (GenerateSecretString && randomBytes(GenerateSecretString.PasswordLength).toString('hex'));
  store.write(name, arn, value ?? null);
}

/** The ARN AWS would give: the name and a suffix of six characters, stable per name. */
function arnOf(name: string): string {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-${suffix}`;
}

function resourceOf(store: Store, operation: string, body: unknown): string {
  if (operation === 'CreateSecret') return arnOf(parseInput(created, body).Name);
  const { SecretId } = parseInput(named, body);
  return store.find(SecretId)?.arn ?? (SecretId.startsWith('arn:') ? SecretId : arnOf(SecretId));
}

function run(store: Store, operation: string, body: unknown): unknown {
  switch (operation) {
    case 'GetSecretValue': {
      const { name, arn, value, version } = existing(store, body);
      if (value !== null)
        return {
          ARN: arn,
          Name: name,
          SecretString: value,
          VersionId: version,
          VersionStages: ['AWSCURRENT'],
        };
      throw new AwsError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value`,
      );
    }
    case 'DescribeSecret': {
      const { name, arn } = existing(store, body);
      return { ARN: arn, Name: name };
    }
    case 'PutSecretValue': {
      const { name, arn } = existing(store, body);
      const VersionId = store.write(name, arn, parseInput(put, body).SecretString);
      return { ARN: arn, Name: name, VersionId, VersionStages: ['AWSCURRENT'] };
    }
    case 'CreateSecret': {
      const { Name, SecretString } = parseInput(created, body);
      if (store.find(Name))
        throw new AwsError('ResourceExistsException', `the secret ${Name} already exists`);
      const VersionId = store.write(Name, arnOf(Name), SecretString ?? null);
      return { ARN: arnOf(Name), Name, VersionId };
    }
    default:
      throw new AwsError('UnsupportedOperation', `secretsmanager ${operation} is not run on the laptop`);
  }
}

function existing(store: Store, body: unknown): Secret {
  const { SecretId } = parseInput(named, body);
  const secret = store.find(SecretId);
  if (secret) return secret;
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}
