import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createRegistry, type Registry } from './registry.ts';

/** The registry of this function's environment. */
export function connectRegistry(env: { REGISTRY_TABLE: string; AUDIT_TABLE: string }): Registry {
  return createRegistry(new DynamoDBClient({}), { registry: env.REGISTRY_TABLE, audit: env.AUDIT_TABLE });
}
