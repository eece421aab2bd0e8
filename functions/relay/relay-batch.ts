import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type AuditEvent, auditEvent } from '../../core/event.ts';
import { parseRow } from '../../core/row.ts';
import { errorDetails } from '../aws/log.ts';
import type { RecordFigures } from '../aws/metrics.ts';
import { figuresOf } from './figures-of.ts';
import { react, type ReactDeps } from './react.ts';

export type RelayDeps = ReactDeps & {
  /** Keeps the decisions among events for replay; the same events again change nothing. */
  readonly keep: (events: readonly AuditEvent[]) => Promise<void>;
  readonly publish: (events: readonly AuditEvent[]) => Promise<void>;
  readonly figures: RecordFigures;
};

/**
 * Causes what each new audit event demands, publishes all, keeps the decisions and counts. A record that fails is reported with
 * everything behind it, tried again and finally parked. A change of a written event is an alarm, never a reaction.
 */
export async function relayBatch(
  deps: RelayDeps,
  batch: DynamoDBStreamEvent,
): Promise<DynamoDBBatchResponse> {
  const done: AuditEvent[] = [];
  const failed = await firstFailure(deps, batch.Records, done);
  await deps.publish(done);
  await deps.keep(done);
  deps.figures(done.flatMap(figuresOf));
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] };
}

/** Reacts to all records at once, since each concerns a subject of its own; gives the first that failed. */
async function firstFailure(
  deps: RelayDeps,
  records: readonly DynamoDBRecord[],
  done: AuditEvent[],
): Promise<string | undefined> {
  const settled = await Promise.allSettled(records.map((record) => reactTo(deps, record)));
  for (const [index, result] of settled.entries()) {
    if (result.status === 'rejected') {
      const sequence = records[index]?.dynamodb?.SequenceNumber ?? '';
      deps.log('error', 'REACTION_FAILED', { sequence, ...errorDetails(result.reason) });
      return sequence;
    }
    if (result.value) done.push(result.value);
  }
  return undefined;
}

async function reactTo(deps: RelayDeps, record: DynamoDBRecord): Promise<AuditEvent | undefined> {
  if (record.eventName !== 'INSERT') {
    deps.figures([{ name: 'AuditTampered', unit: 'Count', value: 1, dimensions: {} }]);
    deps.log('error', 'AUDIT_TAMPERED', {
      change: record.eventName,
      sequence: record.dynamodb?.SequenceNumber,
    });
    return undefined;
  }
  const image = (record.dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>;
  const event = parseRow(auditEvent, unmarshall(image));
  await react(deps, event);
  return event;
}
