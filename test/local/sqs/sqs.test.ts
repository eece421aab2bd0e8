import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../../local/service.ts';
import { createSqs } from '../../../local/sqs/service.ts';
import { callAws, sendSigned } from '../fixtures/call-aws.ts';
import { Duration, keysOf, resourceOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';
import { temporaryDirectory } from '../fixtures/temporary-directory.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe }) => {
    const queue = new Queue(stack, 'Queue', { visibilityTimeout: Duration.seconds(1) });
    queue.grantSendMessages(probe('Sender'));
    const encryptionMasterKey = new Key(stack, 'Key');
    const sealed = new Queue(stack, 'Sealed', { encryption: QueueEncryption.KMS, encryptionMasterKey });
    sealed.grantSendMessages(probe('KeyHolder'));
    const send = { actions: ['sqs:SendMessage'], resources: [sealed.queueArn] };
    probe('Keyless').addToRolePolicy(new PolicyStatement(send));
  });
}, 60_000);
afterAll(() => test.stop());

type Received = { readonly Messages?: readonly Message[] };
type Message = {
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes: Readonly<Record<string, string>>;
};

const call = (operation: string, input = {}) =>
  callAws(test.cloud, 'sqs', `AmazonSQS.${operation}`, {
    QueueUrl: resourceOf(test.cloud, 'Queue').ref,
    ...input,
  });
const send = (MessageBody: string, more = {}) => call('SendMessage', { MessageBody, ...more });
async function receive(more = {}): Promise<readonly Message[]> {
  return ((await call('ReceiveMessage', { MaxNumberOfMessages: 10, ...more })) as Received).Messages ?? [];
}
const remove = ({ ReceiptHandle }: Message) => call('DeleteMessage', { ReceiptHandle });

describe('a queue', () => {
  it('hides a message that was received, gives it again, and forgets it when it is deleted', async () => {
    await send('hello');
    const [first] = await receive();
    expect(first).toMatchObject({ Body: 'hello', Attributes: { ApproximateReceiveCount: '1' } });
    expect(await receive()).toEqual([]);
    await sleep(1_050);
    const [second] = await receive();
    expect(second?.Attributes['ApproximateReceiveCount']).toBe('2');
    if (second) await remove(second);
    expect(await call('GetQueueAttributes', { AttributeNames: ['All'] })).toMatchObject({
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
    });
  });

  it('keeps messages over a restart, in order', async () => {
    for (const body of ['1', '2', '3']) await send(body);
    await test.restart();
    const messages = await receive();
    expect(messages.map(({ Body }) => Body)).toEqual(['1', '2', '3']);
    await Promise.all(messages.map(remove));
  });

  it('delays a message that asks for it', async () => {
    await send('later', { DelaySeconds: 900 });
    expect(await receive()).toEqual([]);
    expect(await call('GetQueueAttributes')).toMatchObject({
      Attributes: { ApproximateNumberOfMessagesNotVisible: '1' },
    });
  });

  it('lies in files that their owner alone can read', () => {
    const rights = ['sqs.db', 'sqs.db-wal'].map((name) => statSync(join(test.directory, name)).mode & 0o777);
    expect(rights).toEqual([0o600, 0o600]);
  });

  it.each([
    ['SendMessage', { MessageBody: '' }, 'ValidationException', 'MessageBody'],
    ['SendMessage', { MessageBody: 'x', DelaySeconds: 901 }, 'ValidationException', 'DelaySeconds'],
    ['ReceiveMessage', { MaxNumberOfMessages: 11 }, 'ValidationException', 'MaxNumberOfMessages'],
    ['DeleteMessage', {}, 'ValidationException', 'ReceiptHandle'],
    ['SendMessage', { MessageBody: 'x', QueueUrl: 'http://x/y' }, 'QueueDoesNotExist', 'http://x/y'],
    ['PurgeQueue', {}, 'UnsupportedOperation', 'SQS PurgeQueue is not run on the laptop'],
  ])('refuses %s of %o', async (operation, input, __type, named) => {
    expect(await call(operation, input)).toEqual({
      __type,
      message: expect.stringContaining(named) as string,
    });
  });

  it.each([
    ['Sender', 'Queue', undefined],
    ['Sender', 'Sealed', 'sqs:SendMessage'],
    ['KeyHolder', 'Sealed', undefined],
    ['Keyless', 'Sealed', 'kms:GenerateDataKey'],
  ])('%s may send to %s but for: %s', async (id, queue, missing) => {
    const response = await sendSigned(test.cloud, {
      ...{ method: 'POST', path: '/', service: 'sqs', credentials: await keysOf(test, id) },
      headers: { 'x-amz-target': 'AmazonSQS.SendMessage' },
      body: JSON.stringify({ QueueUrl: resourceOf(test.cloud, queue).ref, MessageBody: 'x' }),
    });
    expect(response.ok).toBe(missing === undefined);
    if (missing !== undefined) expect(await response.text()).toContain(missing);
  });
});

describe('a message', () => {
  it('is gone when its retention is over', () => {
    const { path: directory, clean } = temporaryDirectory();
    const clock = { now: Date.now() };
    const arn = 'arn:aws:sqs:us-east-1:000000000000:Q';
    const queue: Resource = {
      ...{ stack: 'Test', logicalId: 'Q', type: 'AWS::SQS::Queue', ref: 'http://x/Q', arn },
      properties: { MessageRetentionPeriod: 60 },
    };
    const sqs = createSqs({ resources: [queue], directory, now: () => clock.now });
    sqs.send(arn, { a: 1 });
    clock.now += 60_000;
    expect(sqs.depths()).toEqual([{ queue: 'Q', visible: 1 }]);
    clock.now += 1;
    expect(sqs.depths()).toEqual([{ queue: 'Q', visible: 0 }]);
    sqs.stop();
    clean();
  });
});
