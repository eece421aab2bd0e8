import { type AwsCall, AwsError, type Permission, REGION, type Service } from '../service.ts';
import type { EngineClient } from './engine-client.ts';
import { type Touch, touchOf } from './permissions.ts';
import type { Table } from './table.ts';

/** DynamoDB's API in front of the engine, which knows nothing of IAM, keys or operations we do not run. */
export function createDynamoDb(options: {
  readonly tables: readonly Table[];
  readonly engine: EngineClient;
  /** Called after each successful write with the names of the tables it may have changed. */
  readonly onWrite: (tables: readonly string[]) => void;
}): Service {
  const keys = new Map(options.tables.map(({ name, keyArn }) => [name, keyArn]));
  const seen = new WeakMap<AwsCall, Touch>();
  const touched = (call: AwsCall): Touch => {
    const touch = seen.get(call) ?? touchOf(operationOf(call), parse(call.body));
    seen.set(call, touch);
    return touch;
  };
  return {
    signingName: 'dynamodb',
    errors: 'json',
    permissions: (call) => {
      const { permissions, tables } = touched(call);
      return [...permissions, ...keyPermissions(tables.map((table) => keys.get(table)))];
    },
    handle: async (call) => {
      const { tables, writes } = touched(call);
      const reply = await options.engine.forward(call.headers['x-amz-target'] ?? '', call.body);
      if (writes && reply.status === 200) options.onWrite(tables);
      return reply;
    },
  };
}

/**
 * A table under a customer-managed key asks `kms:Decrypt` of whoever reads or writes it: DynamoDB decrypts the table
 * key in the caller's name (it makes that key, with `kms:GenerateDataKey`, only when the table is created).
 */
export function keyPermissions(keyArns: readonly (string | undefined)[]): readonly Permission[] {
  const context = { 'kms:ViaService': `dynamodb.${REGION}.amazonaws.com` };
  const distinct = new Set(keyArns.filter((arn) => arn !== undefined));
  return [...distinct].map((resource) => ({ action: 'kms:Decrypt', resource, context }));
}

function operationOf(call: AwsCall): string {
  const [api, operation] = (call.headers['x-amz-target'] ?? '').split('.');
  if (api === 'DynamoDB_20120810' && operation) return operation;
  throw new AwsError('UnsupportedOperation', `${api || 'a call without target'} is not run on the laptop`);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError('SerializationException', 'the body is not JSON');
  }
}
