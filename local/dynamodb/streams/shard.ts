import * as z from 'zod';
import { BootError } from '../../boot-error.ts';
import { AwsError, REGION } from '../../service.ts';
import type { EngineClient } from '../engine-client.ts';

const API = 'DynamoDBStreams_20120810';
const record = z.looseObject({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.looseObject({
    SequenceNumber: z.string(),
    ApproximateCreationDateTime: z.number().optional(),
  }),
});

/** A change as a function receives it. */
export type StreamRecord = z.infer<typeof record> & { readonly eventSourceARN: string };

/** The engine's one shard of a table's stream. */
export type Shard = {
  /** The engine's own name of the stream: another after the table was made anew. */
  readonly stream: string;
  readonly id: string;
  /** The newest sequence number; `undefined` when nothing was written yet. */
  last(): Promise<string | undefined>;
  /** At most `limit` records after `sequence`, or from the oldest kept. */
  read(after: string | undefined, limit: number): Promise<readonly StreamRecord[]>;
};

const described = z.object({
  StreamDescription: z.object({
    Shards: z.tuple([
      z.object({
        ShardId: z.string(),
        SequenceNumberRange: z.object({ EndingSequenceNumber: z.string().optional() }).optional(),
      }),
    ]),
  }),
});

/** Opens a table's stream in the engine; `arn` is the name by which the template and functions know it. */
export async function openShard(engine: EngineClient, table: string, arn: string): Promise<Shard> {
  const { Streams } = z
    .object({ Streams: z.array(z.object({ StreamArn: z.string() })) })
    .parse(await engine.call(`${API}.ListStreams`, { TableName: table }));
  const stream = Streams.at(-1)?.StreamArn;
  if (stream === undefined) throw new BootError(`the DynamoDB engine has no stream for the table ${table}`);
  const describe = async () => {
    const answer = await engine.call(`${API}.DescribeStream`, { StreamArn: stream });
    return described.parse(answer).StreamDescription.Shards[0];
  };
  const { ShardId: id } = await describe();
  const read: Shard['read'] = async (after, limit) => {
    const answer = await engine.call(`${API}.GetShardIterator`, {
      StreamArn: stream,
      ShardId: id,
      ...(after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }),
    });
    const { ShardIterator } = z.object({ ShardIterator: z.string() }).parse(answer);
    const { Records } = z
      .object({ Records: z.array(record) })
      .parse(await engine.call(`${API}.GetRecords`, { ShardIterator, Limit: Math.min(limit, 1000) }));
    return Records.map((each) => ({ ...each, awsRegion: REGION, eventSourceARN: arn }));
  };
  return {
    stream,
    id,
    last: async () => (await describe()).SequenceNumberRange?.EndingSequenceNumber,
    read: async (after, limit) => {
      try {
        return await read(after, limit);
      } catch (error) {
        if (error instanceof AwsError && error.name === 'TrimmedDataAccessException')
          return read(undefined, limit);
        throw error;
      }
    },
  };
}
