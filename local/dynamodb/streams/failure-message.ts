import { randomUUID } from 'node:crypto';
import type { Batch } from './settle-batch.ts';
import type { Mapping } from './mapping.ts';

/** What Lambda tells a failure queue about records it gave up: where they are, not what they hold. */
export function failureMessage(mapping: Mapping, shardId: string, batch: Batch, now: number) {
  const { records, attempts } = batch;
  const arrival = (index: number): string => {
    const seconds = records.at(index)?.dynamodb.ApproximateCreationDateTime ?? now / 1000;
    return new Date(seconds * 1000).toISOString();
  };
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: mapping.target.arn,
      condition: attempts >= mapping.retries ? 'RetryAttemptsExhausted' : 'RecordAgeExceeded',
      approximateInvokeCount: attempts + 1,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: records.at(0)?.dynamodb.SequenceNumber,
      endSequenceNumber: records.at(-1)?.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(0),
      approximateArrivalOfLastRecord: arrival(-1),
      batchSize: records.length,
      streamArn: mapping.streamArn,
    },
  };
}
