import * as z from 'zod';
import type { InvokeResult } from '../../service.ts';
import type { Mapping } from './mapping.ts';
import type { StreamRecord } from './shard.ts';

/** A batch on its way: `attempts` have failed without progress. */
export type Batch = { readonly records: readonly StreamRecord[]; readonly attempts: number };

/** What one invocation did to a batch. */
export type Settlement = {
  /** Records at its front that need no more work. */
  readonly done: number;
  /** What is tried again, in this order. */
  readonly again: readonly Batch[];
  /** What is given up and reported to the failure queue. */
  readonly lost?: Batch;
};

const answer = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * Decides as Lambda's stream poller does: a reported item stands for itself and all after it, an answer that cannot be
 * read for the whole batch; a failed batch is split where the mapping says so, else retried, else given up. Splitting
 * is no attempt, and progress makes the count start anew.
 */
export function settleBatch(mapping: Mapping, batch: Batch, result: InvokeResult, ageMs: number): Settlement {
  const { records } = batch;
  const failedAt = result.ok ? firstFailure(mapping, records, result.payload) : 0;
  if (failedAt === undefined) return { done: records.length, again: [] };
  const rest = records.slice(failedAt);
  if (failedAt > 0) return { done: failedAt, again: [{ records: rest, attempts: 0 }] };
  if (ageMs > mapping.maxAgeMs) return { done: 0, again: [], lost: batch };
  if (mapping.bisects && records.length > 1) {
    const middle = Math.ceil(records.length / 2);
    const halves = [records.slice(0, middle), records.slice(middle)];
    return { done: 0, again: halves.map((half) => ({ records: half, attempts: batch.attempts })) };
  }
  if (batch.attempts >= mapping.retries) return { done: 0, again: [], lost: batch };
  return { done: 0, again: [{ records, attempts: batch.attempts + 1 }] };
}

/** Index of the first record to try again; `undefined` when none failed. */
function firstFailure(
  mapping: Mapping,
  records: readonly StreamRecord[],
  payload: unknown,
): number | undefined {
  if (!mapping.reportsItems || payload === null) return undefined;
  const parsed = answer.safeParse(payload);
  if (!parsed.success) return 0;
  const failures = parsed.data.batchItemFailures ?? [];
  const indexes = failures.map(({ itemIdentifier }) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
  );
  if (indexes.length === 0) return undefined;
  return indexes.includes(-1) ? 0 : Math.min(...indexes);
}
