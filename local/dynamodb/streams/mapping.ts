import * as z from 'zod';
import { BootError } from '../../boot-error.ts';
import { type EventTest, eventPattern } from '../../events/pattern.ts';
import type { LambdaFunction } from '../../lambda/function.ts';
import type { Directory } from '../../lambda/invoke.ts';
import type { Resource } from '../../service.ts';
import { readResources } from '../../template/read-properties.ts';
import type { Table } from '../table.ts';

/** A table's stream that feeds a function. */
export type Mapping = {
  readonly id: string;
  readonly table: Table;
  readonly streamArn: string;
  readonly target: LambdaFunction;
  readonly fromStart: boolean;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly bisects: boolean;
  /** `Infinity` retries until the record expires. */
  readonly retries: number;
  readonly maxAgeMs: number;
  readonly reportsItems: boolean;
  /** The queue that is told about records that were given up. */
  readonly failureQueue: string | undefined;
  readonly wants: EventTest;
};

const properties = z.strictObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  Enabled: z.literal(true).optional(),
  Tags: z.unknown().optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  BatchSize: z.coerce.number().int().min(1).default(100),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.coerce.number().int().default(-1),
  MaximumRecordAgeInSeconds: z.coerce.number().int().default(-1),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  /** The engine has one shard, which one batch at a time keeps in order. */
  ParallelizationFactor: z.unknown().optional(),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string().startsWith('arn:aws:sqs:') }) })
    .optional(),
  FilterCriteria: z
    .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })).min(1) })
    .optional(),
});

export function readMappings(
  resources: readonly Resource[],
  tables: readonly Table[],
  find: Directory,
): readonly Mapping[] {
  return readResources(resources, 'AWS::Lambda::EventSourceMapping', properties).map(
    ({ resource, properties: p }) => {
      const at = `${resource.stack}/${resource.logicalId}`;
      const table = tables.find(({ arn }) => p.EventSourceArn.startsWith(`${arn}/stream/`));
      if (!table?.definition.StreamSpecification) {
        throw new BootError(`${at}: ${p.EventSourceArn} is not the stream of a table in the template`);
      }
      const tests = p.FilterCriteria?.Filters.map(({ Pattern }) => eventPattern(JSON.parse(Pattern), at));
      return {
        id: `${resource.stack}/${resource.logicalId}`,
        table,
        streamArn: p.EventSourceArn,
        target: find(p.FunctionName),
        fromStart: p.StartingPosition === 'TRIM_HORIZON',
        batchSize: p.BatchSize,
        windowMs: p.MaximumBatchingWindowInSeconds * 1000,
        bisects: p.BisectBatchOnFunctionError,
        retries: p.MaximumRetryAttempts < 0 ? Infinity : p.MaximumRetryAttempts,
        maxAgeMs: p.MaximumRecordAgeInSeconds < 0 ? Infinity : p.MaximumRecordAgeInSeconds * 1000,
        reportsItems: p.FunctionResponseTypes.length > 0,
        failureQueue: p.DestinationConfig?.OnFailure.Destination,
        wants: (record) => !tests || tests.some((test) => test(record)),
      };
    },
  );
}
