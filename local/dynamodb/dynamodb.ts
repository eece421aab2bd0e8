import { join } from 'node:path';
import { BootError } from '../boot-error.ts';
import type { Iam } from '../iam/iam.ts';
import type { Directory } from '../lambda/invoke.ts';
import type { Pool } from '../lambda/pool.ts';
import type { Resource, Service } from '../service.ts';
import type { Sqs } from '../sqs/service.ts';
import { createTables } from './create-tables.ts';
import { startEngine } from './engine.ts';
import { createEngineClient } from './engine-client.ts';
import { createDynamoDb } from './service.ts';
import { openCheckpoints } from './streams/checkpoints.ts';
import { type Feed, startFeed } from './streams/feed.ts';
import { readMappings } from './streams/mapping.ts';
import { requireAccess } from './streams/require-access.ts';
import { readTables } from './table.ts';

export type DynamoDb = {
  readonly service: Service;
  /** Begins to feed functions from the streams. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

type Options = {
  readonly resources: readonly Resource[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly find: Directory;
  readonly pool: Pool;
  readonly iam: Iam;
  readonly queues: Pick<Sqs, 'permissionsToSend' | 'send'>;
  readonly onLoss: (line: string) => void;
  readonly now: () => number;
};

/** The template's tables in a running engine, with their streams; `undefined` when the template has no table. */
export async function startDynamoDb(options: Options): Promise<DynamoDb | undefined> {
  const tables = readTables(options.resources);
  const mappings = readMappings(options.resources, tables, options.find);
  for (const mapping of mappings) requireAccess(mapping, options.iam, options.queues.permissionsToSend);
  if (tables.length === 0) return undefined;
  const engine = await startEngine(options);
  const client = createEngineClient(engine.url);
  const checkpoints = openCheckpoints(join(options.directory, 'streams.db'));
  const feeds: Feed[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(feeds.map((feed) => feed.stop()));
    checkpoints.close();
    client.close();
    await engine.stop();
  };
  try {
    await createTables(tables, client);
  } catch (error) {
    await stop();
    throw error instanceof BootError ? error : new BootError(`the tables cannot be made: ${String(error)}`);
  }
  const { pool, now } = options;
  const { send } = options.queues;
  return {
    service: createDynamoDb({
      tables,
      engine: client,
      onWrite: (names) => {
        for (const feed of feeds) if (names.includes(feed.table)) feed.nudge();
      },
    }),
    start: async () => {
      for (const mapping of mappings) {
        feeds.push(await startFeed({ mapping, engine: client, checkpoints, pool, send, now }));
      }
    },
    stop,
  };
}
