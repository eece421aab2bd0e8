import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandOutput,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import { Fault } from '../../core/fault.ts';
import type { Key } from '../../core/row.ts';
import { type TableNames, transactItems } from './transact-items.ts';

/** Rows as they are in the table; each noun's schema reads them. */
export type StoredRow = Readonly<Record<string, unknown>>;

export type Indexes = 'open' | 'work' | 'list';

/** The registry and the audit log. `commit` is the only writer of both. */
export type Registry = {
  /** The rows at these keys, consistently read, in the keys' order; `undefined` where there is none. */
  load(keys: readonly Key[]): Promise<readonly (StoredRow | undefined)[]>;
  /** Rows of an index partition in key order, at most `limit`; eventually consistent. */
  list(index: Indexes, partition: string, limit: number): Promise<readonly StoredRow[]>;
  /**
   * Keeps a lease alive under its fence; `false` when another agent took over. Outside `commit`: a heartbeat changes
   * no history.
   */
  renew(key: Key, fence: number, expiresAt: string): Promise<boolean>;
  /**
   * Raises a gate's fence to this version of the kill switches, never lowers it. Outside `commit`: the switch's own
   * events tell of it, and a transaction would lose against the very actions it must stop.
   */
  fence(gate: Key, switches: number): Promise<void>;
  /** All or nothing; `false` when a condition did not hold, so that the verb is retried on fresh facts. */
  commit(change: Change): Promise<boolean>;
};

const INDEX_KEY = { open: 'openKind', work: 'workQueue', list: 'listKind' } as const;

/** Reads the registry's rows; for functions that write nothing. */
export function createReader(dynamodb: DynamoDBClient, table: string): Pick<Registry, 'load' | 'list'> {
  return {
    load: (keys) => loadRows(dynamodb, table, keys),
    list: (index, partition, limit) => listRows(dynamodb, table, { index, partition, limit }),
  };
}

export function createRegistry(dynamodb: DynamoDBClient, tables: TableNames): Registry {
  return {
    ...createReader(dynamodb, tables.registry),
    renew: (key, fence, expiresAt) => renewLease(dynamodb, tables.registry, { key, fence, expiresAt }),
    fence: (gate, switches) => raiseFence(dynamodb, tables.registry, { gate, switches }),
    commit: (change) => commitOnce(dynamodb, change, tables),
  };
}

type Listing = { readonly index: Indexes; readonly partition: string; readonly limit: number };

async function listRows(dynamodb: DynamoDBClient, table: string, { index, partition, limit }: Listing) {
  const rows: StoredRow[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page: QueryCommandOutput = await dynamodb.send(
      new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: '#k = :k',
        ExpressionAttributeNames: { '#k': INDEX_KEY[index] },
        ExpressionAttributeValues: marshall({ ':k': partition }),
        Limit: limit - rows.length,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    rows.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    from = page.LastEvaluatedKey;
  } while (from && rows.length < limit);
  return rows;
}

async function loadRows(dynamodb: DynamoDBClient, table: string, keys: readonly Key[]) {
  const found = new Map<string, StoredRow>();
  let asked = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()].map((key) =>
    marshall({ pk: key.pk, sk: key.sk }),
  );
  for (let round = 0; asked.length > 0; round += 1) {
    if (round > 8) throw new Fault('DependencyFailed', `DynamoDB left keys of ${table} unread; try again`);
    if (round > 0) await sleep(2 ** round * 10 * Math.random());
    const batch = asked.slice(0, 100);
    const reply = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: batch, ConsistentRead: true } } }),
    );
    for (const item of reply.Responses?.[table] ?? []) {
      const row = unmarshall(item);
      found.set(`${String(row['pk'])}\n${String(row['sk'])}`, row);
    }
    const unread = reply.UnprocessedKeys?.[table]?.Keys ?? [];
    if (unread.length === 0) round = -1;
    asked = [...unread, ...asked.slice(100)];
  }
  return keys.map((key) => found.get(`${key.pk}\n${key.sk}`));
}

async function renewLease(
  dynamodb: DynamoDBClient,
  table: string,
  { key, fence, expiresAt }: { readonly key: Key; readonly fence: number; readonly expiresAt: string },
): Promise<boolean> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall({ pk: key.pk, sk: key.sk }),
        UpdateExpression: 'SET expiresAt = :expiresAt',
        ConditionExpression: 'fence = :fence',
        ExpressionAttributeValues: marshall({ ':fence': fence, ':expiresAt': expiresAt }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function raiseFence(
  dynamodb: DynamoDBClient,
  table: string,
  { gate, switches }: { readonly gate: Key; readonly switches: number },
): Promise<void> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall({ pk: gate.pk, sk: gate.sk }),
        UpdateExpression: 'SET switches = :switches',
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(switches) OR switches < :switches)',
        ExpressionAttributeValues: marshall({ ':switches': switches }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

const CONFLICT_TRIES = 6;

async function commitOnce(dynamodb: DynamoDBClient, change: Change, tables: TableNames): Promise<boolean> {
  const command = { TransactItems: transactItems(change, tables), ClientRequestToken: randomUUID() };
  for (let tries = 1; ; tries += 1) {
    try {
      await dynamodb.send(new TransactWriteItemsCommand(command));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code);
      if (codes.includes('ConditionalCheckFailed')) return false;
      if (!codes.includes('TransactionConflict')) throw error;
      if (tries === CONFLICT_TRIES)
        throw new Fault('DependencyFailed', 'others write the same rows without pause; try again');
      await sleep(2 ** tries * 15 * Math.random());
    }
  }
}

const ROUNDS = 5;

/**
 * Facts → verb → commit, again on fresh facts while another writer wins. Gives the verb's result or its refusal;
 * throws `DependencyFailed` when the race is lost five times.
 */
export async function decideAndCommit<Result, No extends Refusal = never>(
  registry: Pick<Registry, 'commit'>,
  verb: () => Promise<Change<Result> | No>,
): Promise<{ readonly committed: Change<Result> } | No> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const decided = await verb();
    if (isRefusal(decided)) return decided;
    if (await registry.commit(decided)) return { committed: decided };
    await sleep(2 ** round * 5 * Math.random());
  }
  throw new Fault('DependencyFailed', 'another writer won five times in a row; try again');
}
