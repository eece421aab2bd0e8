import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { StreamViewType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  type Function as Fn,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAws } from '../fixtures/call-aws.ts';
import { refusedBoot } from '../fixtures/refused-boot.ts';
import { Duration, eventually, resourceOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe, table }) => {
    const streamed = (id: string) => table(id, { stream: StreamViewType.NEW_IMAGE });
    const feed = (id: string, from: Table, more: Partial<EventSourceMappingOptions>) => {
      const fn = probe(id);
      from.grantStreamRead(fn);
      fn.addEventSourceMapping('Mapping', {
        eventSourceArn: from.tableStreamArn ?? '',
        ...{ startingPosition: StartingPosition.TRIM_HORIZON, batchSize: 10, retryAttempts: 1, ...more },
      });
    };
    const source = streamed('Source');
    const onFailure = new SqsDlq(new Queue(stack, 'Parked'));
    feed('Reporting', source, { reportBatchItemFailures: true, bisectBatchOnError: true, onFailure });
    const filters = [{ pattern: '{"eventName":["MODIFY"]}' }];
    feed('Filtering', source, { filters });
    feed('Crashing', streamed('Crashes'), { bisectBatchOnError: true });
    const startingPosition = StartingPosition.LATEST;
    feed('Late', streamed('LateSource'), { startingPosition, maxBatchingWindow: Duration.seconds(1) });
    feed('Hanging', streamed('Hangs'), { retryAttempts: 0 });
  });
}, 60_000);
afterAll(() => test.stop());

type Kept = { readonly key: string; readonly n: number; readonly source: string; readonly batch: number };

const write = (table: string, pk: string, n = 0) =>
  test.dynamodb.send(
    new PutItemCommand({
      TableName: resourceOf(test.cloud, table).ref,
      Item: { pk: { S: pk }, n: { N: String(n) } },
    }),
  );
const keptBy = async (id: string) => (await test.kept(id)) as Kept[];
const keysKeptBy = async (id: string) => (await keptBy(id)).map(({ key }) => key);
const arrived = (id: string, key: string) =>
  eventually(`${key} at ${id}`, async () => (await keysKeptBy(id)).includes(key) || undefined);

describe('a stream', () => {
  it('brings every change of a key in its order', async () => {
    const ns = Array.from({ length: 15 }, (_, n) => n);
    for (const n of ns) await Promise.all([write('Source', 'a', n), write('Source', 'b', n)]);
    await write('Source', 'last');
    await arrived('Reporting', 'last');
    const kept = await keptBy('Reporting');
    for (const pk of ['a', 'b']) {
      expect(kept.filter(({ key }) => key === pk).map(({ n }) => n)).toEqual(ns);
    }
    expect(kept[0]?.source).toMatch(
      /^arn:aws:dynamodb:us-east-1:000000000000:table\/Test-Source\w+\/stream\//,
    );
  });

  it('brings what its filter wants and no more', async () => {
    await eventually(
      'the last change',
      async () => (await keptBy('Filtering')).some(({ key, n }) => key === 'b' && n === 14) || undefined,
    );
    expect((await keptBy('Filtering')).every(({ n }) => n > 0)).toBe(true);
  });

  it('goes on past a record that cannot be handled, and parks where it lies', async () => {
    for (const key of ['before', 'poison', 'after']) await write('Source', key);
    await arrived('Reporting', 'after');
    expect((await keysKeptBy('Reporting')).slice(-2)).toEqual(['before', 'after']);
    const message = await eventually('the parked record', () => parked());
    expect(message).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: expect.stringContaining('/stream/') as string },
    });
    expect(JSON.stringify(message)).not.toContain('poison');
    expect(await parked()).toBeUndefined();
  });

  it('splits a batch that takes its function down until the culprit is alone', async () => {
    const keys = ['one', 'two', 'crash', 'three', 'four'];
    await Promise.all(keys.map((key) => write('Crashes', key)));
    await Promise.all(keys.filter((key) => key !== 'crash').map((key) => arrived('Crashing', key)));
    expect(await keysKeptBy('Crashing')).not.toContain('crash');
  });
});

describe('a restart', () => {
  it('loses no record and brings none again that was done', async () => {
    const done = (await keysKeptBy('Reporting')).length;
    const keys = Array.from({ length: 12 }, (_, n) => `restart-${n}`);
    await Promise.all(keys.map((key) => write('Source', key)));
    await test.restart();
    await Promise.all(keys.map((key) => arrived('Reporting', key)));
    const kept = await keysKeptBy('Reporting');
    expect(kept.slice(0, done).filter((key) => key.startsWith('restart-'))).toEqual([]);
    expect(kept.slice(done).every((key) => key.startsWith('restart-'))).toBe(true);
  });

  it('loses nothing of a stream that is read from its end, however soon it comes', async () => {
    await write('LateSource', 'soon');
    await test.restart();
    await arrived('Late', 'soon');
  });

  it('does not wait for a function that hangs', async () => {
    await write('Hangs', 'hang');
    await new Promise((resolve) => setTimeout(resolve, 600));
    const began = Date.now();
    await test.restart();
    expect(Date.now() - began).toBeLessThan(4_000);
  });
});

describe('a mapping', () => {
  const mapping = (grant: (fn: Fn, table: Table) => void) =>
    refusedBoot(({ stack, probe, table }) => {
      const fn = probe('Fed');
      const source = table('Source', { stream: StreamViewType.NEW_IMAGE });
      grant(fn, source);
      new EventSourceMapping(stack, 'Mapping', {
        target: fn,
        eventSourceArn: source.tableStreamArn ?? '',
        startingPosition: StartingPosition.LATEST,
      });
    });

  it('whose function may not read the stream is refused by name', async () => {
    expect(await mapping(() => undefined)).toEqual({
      name: 'BootError',
      message: expect.stringMatching(
        /^Test\/Mapping\w+: the role arn:\S+ may not dynamodb:DescribeStream on arn:\S+\/stream\/\S+$/,
      ) as string,
      leftRunning: 0,
    });
  });

  it('whose function may not list streams is refused by name', async () => {
    const refusal = await mapping((fn, source) => {
      const read = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
      source.grantStream(fn, ...read);
    });
    expect(refusal.message).toMatch(/may not dynamodb:ListStreams on \*$/);
  });
});

/** A message of the queue of parked records, taken out for good. */
async function parked(): Promise<unknown> {
  const QueueUrl = resourceOf(test.cloud, 'Parked').ref;
  const call = (operation: string, more = {}) =>
    callAws(test.cloud, 'sqs', `AmazonSQS.${operation}`, { QueueUrl, ...more });
  const { Messages = [] } = (await call('ReceiveMessage')) as {
    Messages?: { Body: string; ReceiptHandle: string }[];
  };
  const [message] = Messages;
  if (!message) return undefined;
  await call('DeleteMessage', { ReceiptHandle: message.ReceiptHandle });
  return JSON.parse(message.Body) as unknown;
}
