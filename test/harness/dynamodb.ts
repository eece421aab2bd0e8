import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ListTablesCommand,
  paginateScan,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type AuditEvent, auditEvent } from '../../core/event.ts';
import { createRegistry, type Registry } from '../../functions/aws/registry.ts';

const root = resolve(import.meta.dirname, '../..');

export type TestDatabase = {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly registry: Registry;
  /** Every audit event so far, by subject and version. */
  events(): Promise<AuditEvent[]>;
  /** One subject's events, in the order of its versions. */
  history(subject: string): Promise<AuditEvent[]>;
  stop(): Promise<void>;
};

/** A real DynamoDB engine in memory with empty registry and audit tables, for one test file. */
export async function startDatabase(): Promise<TestDatabase> {
  const port = await freePort();
  const binary = join(root, 'node_modules/@dynoxide/linux-x64/dynoxide');
  const child = spawn(binary, ['--port', `${port}`], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  await answers(client);
  await client.send(new CreateTableCommand(registryTable));
  await client.send(new CreateTableCommand(auditTable));
  return {
    client,
    endpoint,
    registry: createRegistry(client, { registry: 'registry', audit: 'audit' }),
    events: () => readEvents(client),
    history: (subject) => readHistory(client, subject),
    stop: async () => {
      client.destroy();
      const gone = new Promise((done) => child.once('exit', done));
      child.kill();
      await gone;
    },
  };
}

const text = (AttributeName: string): AttributeDefinition => ({ AttributeName, AttributeType: 'S' });
const indexes = {
  open: ['openKind', 'openSince'],
  work: ['workQueue', 'workSince'],
  list: ['listKind', 'listKey'],
};

const registryTable: CreateTableCommandInput = {
  TableName: 'registry',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', ...Object.values(indexes).flat()].map(text),
  KeySchema: keys('pk', 'sk'),
  GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, [hash = '', range = '']]) => ({
    IndexName,
    KeySchema: keys(hash, range),
    Projection: { ProjectionType: 'ALL' as const },
  })),
};

const auditTable: CreateTableCommandInput = {
  TableName: 'audit',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [text('subject'), { AttributeName: 'version', AttributeType: 'N' as const }],
  KeySchema: keys('subject', 'version'),
};

function keys(hash: string, range: string) {
  return [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
}

async function readEvents(client: DynamoDBClient): Promise<AuditEvent[]> {
  const items = [];
  for await (const page of paginateScan({ client }, { TableName: 'audit', ConsistentRead: true }))
    items.push(...(page.Items ?? []));
  return items
    .map((item) => auditEvent.parse(unmarshall(item)))
    .sort((a, b) => (a.subject === b.subject ? a.version - b.version : a.subject < b.subject ? -1 : 1));
}

async function readHistory(client: DynamoDBClient, subject: string): Promise<AuditEvent[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: 'audit',
      ConsistentRead: true,
      KeyConditionExpression: 'subject = :subject',
      ExpressionAttributeValues: { ':subject': { S: subject } },
    }),
  );
  return Items.map((item) => auditEvent.parse(unmarshall(item)));
}

async function answers(client: DynamoDBClient): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(30);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (typeof address === 'object' && address) return address.port;
  throw new Error('no free port');
}
