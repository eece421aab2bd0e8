import { setTimeout as sleep } from 'node:timers/promises';
import type { SendToQueue } from '../../lambda/invocation-queue.ts';
import type { Pool } from '../../lambda/pool.ts';
import type { EngineClient } from '../engine-client.ts';
import type { Checkpoints } from './checkpoints.ts';
import { failureMessage } from './failure-message.ts';
import type { Mapping } from './mapping.ts';
import { type Batch, settleBatch } from './settle-batch.ts';
import { openShard, type Shard, type StreamRecord } from './shard.ts';

/** Carries one stream's records to one function, in order, at least once, from where it stopped. */
export type Feed = {
  readonly table: string;
  /** Says that there may be new records. */
  nudge(): void;
  /** Ends without waiting for the function; what it was given is given again at the next start. */
  stop(): Promise<void>;
};

type Options = {
  readonly mapping: Mapping;
  readonly engine: EngineClient;
  readonly checkpoints: Checkpoints;
  readonly pool: Pool;
  readonly send: SendToQueue;
  readonly now: () => number;
};

/** Changes that did not pass through us (expired items) are seen within this time. */
const IDLE_POLL_MS = 1000;
const BACKOFF_MS = { first: 100, most: 10_000 };

export async function startFeed(options: Options): Promise<Feed> {
  const { mapping, engine, checkpoints } = options;
  const shard = await openShard(engine, mapping.table.name, mapping.streamArn);
  const from = checkpoints.of(mapping.id, shard.stream) ?? (await beginning(mapping, shard));
  checkpoints.set(mapping.id, shard.stream, from);
  const bell = createBell();
  const over = new AbortController();
  const loop = run({ ...options, shard, from: from === '' ? undefined : from, bell, signal: over.signal });
  return {
    table: mapping.table.name,
    nudge: bell.ring,
    stop: async () => {
      over.abort();
      bell.ring();
      await loop;
    },
  };
}

/** Kept from the first moment on: what is written after it is delivered, however soon the cloud dies. */
async function beginning({ fromStart }: Mapping, shard: Shard): Promise<string> {
  return fromStart ? '' : ((await shard.last()) ?? '');
}

type Running = Options & {
  readonly shard: Shard;
  readonly from: string | undefined;
  readonly bell: Bell;
  readonly signal: AbortSignal;
};

async function run(running: Running): Promise<void> {
  const { mapping, shard, bell, signal } = running;
  let position = running.from;
  while (!signal.aborted) {
    try {
      const records = await readBatch(running, position);
      if (records.length === 0) await bell.wait(IDLE_POLL_MS);
      else if (await deliver(running, records)) position = records.at(-1)?.dynamodb.SequenceNumber;
    } catch (error) {
      if (signal.aborted) return;
      process.stderr.write(`stream ${mapping.id} of ${shard.stream}: ${String(error)}\n`);
      await sleep(BACKOFF_MS.first * 10);
    }
  }
}

async function readBatch({ mapping, shard, signal }: Running, position: string | undefined) {
  const records = await shard.read(position, mapping.batchSize);
  if (records.length === 0 || records.length >= mapping.batchSize || mapping.windowMs === 0) return records;
  await sleep(mapping.windowMs, undefined, { signal });
  return shard.read(position, mapping.batchSize);
}

/** `true` when every record is done or given up; `false` when the cloud stops before. */
async function deliver(running: Running, records: readonly StreamRecord[]): Promise<boolean> {
  const { mapping, signal } = running;
  const wanted = records.filter((record) => mapping.wants(record));
  const waiting: Batch[] = wanted.length > 0 ? [{ records: wanted, attempts: 0 }] : [];
  for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
    if (batch.attempts > 0) await backOff(batch.attempts, signal);
    const answered = running.pool.run(mapping.target, { Records: batch.records });
    const result = await unlessAborted(answered, signal);
    if (result === undefined || signal.aborted) return false;
    const settlement = settleBatch(mapping, batch, result, ageOf(batch, running.now()));
    if (settlement.lost) giveUp(running, settlement.lost);
    const done = settlement.lost ? batch.records.at(-1) : batch.records[settlement.done - 1];
    if (done) checkpoint(running, done);
    waiting.unshift(...settlement.again);
  }
  const last = records.at(-1);
  if (last) checkpoint(running, last);
  return true;
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const abort = (): void => resolve(undefined);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function checkpoint({ checkpoints, mapping, shard }: Running, record: StreamRecord): void {
  checkpoints.set(mapping.id, shard.stream, record.dynamodb.SequenceNumber);
}

function giveUp({ mapping, shard, send, now }: Running, batch: Batch): void {
  if (mapping.failureQueue) send(mapping.failureQueue, failureMessage(mapping, shard.id, batch, now()));
}

function ageOf({ records }: Batch, now: number): number {
  const writtenAt = records[0]?.dynamodb.ApproximateCreationDateTime;
  return writtenAt === undefined ? 0 : now - writtenAt * 1000;
}

async function backOff(attempts: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(BACKOFF_MS.first * 2 ** (attempts - 1), BACKOFF_MS.most), undefined, { signal });
}

type Bell = { readonly ring: () => void; readonly wait: (limitMs: number) => Promise<void> };

/** A ring while nobody waits is kept for the next who does. */
function createBell(): Bell {
  let rung = false;
  let wake: () => void = () => undefined;
  return {
    ring: () => {
      rung = true;
      wake();
    },
    wait: async (limitMs) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const timer = setTimeout(resolve, rung ? 0 : limitMs);
      await promise;
      clearTimeout(timer);
      rung = false;
    },
  };
}
