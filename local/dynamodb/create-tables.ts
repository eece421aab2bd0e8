import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import { AwsError } from '../service.ts';
import type { EngineClient } from './engine-client.ts';
import type { Table } from './table.ts';

const API = 'DynamoDB_20120810';
const keys = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const described = z.object({
  Table: z.object({
    KeySchema: keys,
    GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema: keys })).default([]),
    StreamSpecification: z.object({ StreamEnabled: z.boolean() }).optional(),
  }),
});

/** Creates what the engine does not have yet. A table that has another shape there is a `BootError`. */
export async function createTables(tables: readonly Table[], engine: EngineClient): Promise<void> {
  await Promise.all(tables.map((table) => createTable(table, engine)));
}

async function createTable(table: Table, engine: EngineClient): Promise<void> {
  const existing = await describe(table.name, engine);
  if (existing) {
    if (shapeOf(existing.Table) === shapeOf(wanted(table))) return setTimeToLive(table, engine);
    throw new BootError(
      `the table ${table.name} has other keys, indexes or stream than the template: start with an empty directory`,
    );
  }
  const { definition } = table;
  await engine.call(`${API}.CreateTable`, {
    ...wanted(table),
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definition.AttributeDefinitions,
    ...(definition.GlobalSecondaryIndexes.length === 0 && { GlobalSecondaryIndexes: undefined }),
  });
  await setTimeToLive(table, engine);
}

const expiry = z.object({
  TimeToLiveDescription: z.object({ TimeToLiveStatus: z.string(), AttributeName: z.string().optional() }),
});

/** Makes the table's expiry what the template says, on a table made by an earlier template too. */
async function setTimeToLive({ name: TableName, definition }: Table, engine: EngineClient): Promise<void> {
  const found = expiry.parse(await engine.call(`${API}.DescribeTimeToLive`, { TableName }));
  const { TimeToLiveStatus: status, AttributeName: now } = found.TimeToLiveDescription;
  const present = status.startsWith('ENABL') ? now : undefined;
  const { Enabled = false, AttributeName = '' } = definition.TimeToLiveSpecification ?? {};
  const set = (name: string, on: boolean) =>
    engine.call(`${API}.UpdateTimeToLive`, {
      TableName,
      TimeToLiveSpecification: { AttributeName: name, Enabled: on },
    });
  if (present !== undefined && !(Enabled && present === AttributeName)) await set(present, false);
  if (Enabled && present !== AttributeName) await set(AttributeName, true);
}

async function describe(name: string, engine: EngineClient) {
  try {
    return described.parse(await engine.call(`${API}.DescribeTable`, { TableName: name }));
  } catch (error) {
    if (error instanceof AwsError && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function wanted({ definition }: Table) {
  return {
    KeySchema: definition.KeySchema,
    GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
    ...(definition.StreamSpecification && {
      StreamSpecification: { StreamEnabled: true, ...definition.StreamSpecification },
    }),
  };
}

type Shape = Omit<z.infer<typeof described>['Table'], 'StreamSpecification'> & {
  readonly StreamSpecification?: { readonly StreamEnabled: boolean } | undefined;
};

function shapeOf({ KeySchema, GlobalSecondaryIndexes, StreamSpecification }: Shape): string {
  const keysOf = (schema: z.infer<typeof keys>) =>
    schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).sort();
  const indexes = GlobalSecondaryIndexes.map((each) => `${each.IndexName}: ${keysOf(each.KeySchema).join()}`);
  const stream = StreamSpecification?.StreamEnabled ?? false;
  return JSON.stringify([keysOf(KeySchema), indexes.sort(), stream]);
}
