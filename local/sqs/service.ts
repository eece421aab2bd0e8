import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { parseInput, readJson } from '../json-call.ts';
import { type AwsCall, AwsError, type Permission, REGION, type Resource, type Service } from '../service.ts';
import { type Queue, readQueues } from './queue.ts';
import { openQueueStore, type QueueStore, type StoredMessage } from './queue-store.ts';

export type Sqs = {
  readonly service: Service;
  /** What a sender must be allowed to do on a queue, its key included. */
  readonly permissionsToSend: (queueArn: string) => readonly Permission[];
  /** Puts a message into a queue in AWS's name; the caller asked `permissionsToSend` before. */
  readonly send: (queueArn: string, body: unknown) => void;
  /** How many messages of each queue could be received now. */
  readonly depths: () => readonly { readonly queue: string; readonly visible: number }[];
  stop(): void;
};

type Handler = (queue: Queue, body: unknown, store: QueueStore, now: number) => unknown;

/** SQS: the operations that dead-letter queues need, durable, standard queues only. */
export function createSqs(options: {
  readonly resources: readonly Resource[];
  readonly directory: string;
  readonly now: () => number;
}): Sqs {
  const queues = readQueues(options.resources);
  const store = openQueueStore(join(options.directory, 'sqs.db'));
  const byArn = (arn: string): Queue =>
    found(
      queues.find((queue) => queue.arn === arn),
      arn,
    );
  return {
    service: {
      signingName: 'sqs',
      errors: 'json',
      permissions: (call) => {
        const { action, queue } = readCall(call, queues);
        return [{ action, resource: queue.arn }, ...keyPermissions(queue, action)];
      },
      handle: async (call) => {
        const { handler, queue, body } = readCall(call, queues);
        store.expire(queue.arn, options.now() - queue.retentionMs);
        const answer = handler(queue, body, store, options.now());
        return {
          status: 200,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: JSON.stringify(answer),
        };
      },
    },
    permissionsToSend: (arn) => {
      const queue = byArn(arn);
      return [{ action: 'sqs:SendMessage', resource: arn }, ...keyPermissions(queue, 'sqs:SendMessage')];
    },
    send: (arn, body) => {
      sendMessage(byArn(arn), { MessageBody: JSON.stringify(body) }, store, options.now());
    },
    depths: () =>
      queues.map(({ name, arn, retentionMs }) => {
        store.expire(arn, options.now() - retentionMs);
        return { queue: name, visible: store.counts(arn, options.now()).visible };
      }),
    stop: () => store.close(),
  };
}

function keyPermissions({ keyArn }: Queue, action: string): Permission[] {
  if (keyArn === undefined || !['sqs:SendMessage', 'sqs:ReceiveMessage'].includes(action)) return [];
  const context = { 'kms:ViaService': `sqs.${REGION}.amazonaws.com` };
  const actions = action === 'sqs:SendMessage' ? ['kms:GenerateDataKey', 'kms:Decrypt'] : ['kms:Decrypt'];
  return actions.map((each) => ({ action: each, resource: keyArn, context }));
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  SendMessage: sendMessage,
  ReceiveMessage: receiveMessages,
  DeleteMessage: (queue, body, store) => {
    store.remove(queue.arn, parseInput(z.looseObject({ ReceiptHandle: z.string() }), body).ReceiptHandle);
    return {};
  },
  GetQueueAttributes: (queue, _, store, now) => {
    const { visible, hidden } = store.counts(queue.arn, now);
    return {
      Attributes: {
        QueueArn: queue.arn,
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
        VisibilityTimeout: String(queue.visibilitySeconds),
        MessageRetentionPeriod: String(queue.retentionMs / 1000),
      },
    };
  },
};

function readCall(call: AwsCall, queues: readonly Queue[]) {
  const operation = (call.headers['x-amz-target'] ?? '').replace(/^AmazonSQS\./, '');
  const handler = HANDLERS[operation];
  if (!handler) throw new AwsError('UnsupportedOperation', `SQS ${operation} is not run on the laptop`);
  const body = readJson(call);
  const { QueueUrl: url } = parseInput(z.looseObject({ QueueUrl: z.string() }), body);
  const queue = found(
    queues.find((each) => each.url === url),
    url,
  );
  return { action: `sqs:${operation}`, handler, queue, body };
}

function found(queue: Queue | undefined, name: string): Queue {
  if (queue) return queue;
  throw new AwsError('QueueDoesNotExist', `The specified queue does not exist: ${name}`);
}

const sending = z.strictObject({
  QueueUrl: z.string().optional(),
  MessageBody: z.string().min(1).max(1_048_576),
  DelaySeconds: z.number().min(0).max(900).default(0),
  MessageAttributes: z.record(z.string(), z.unknown()).default({}),
});

function sendMessage(queue: Queue, body: unknown, store: QueueStore, now: number) {
  const { MessageBody, DelaySeconds, MessageAttributes } = parseInput(sending, body);
  const attributes = JSON.stringify(MessageAttributes);
  const MessageId = store.add(queue.arn, {
    body: MessageBody,
    attributes,
    now,
    visibleAt: now + DelaySeconds * 1000,
  });
  return { MessageId, MD5OfMessageBody: md5(MessageBody) };
}

const receiving = z.looseObject({
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  VisibilityTimeout: z.number().optional(),
});

function receiveMessages(queue: Queue, body: unknown, store: QueueStore, now: number) {
  const { MaxNumberOfMessages: limit, VisibilityTimeout } = parseInput(receiving, body);
  const hideUntil = now + (VisibilityTimeout ?? queue.visibilitySeconds) * 1000;
  const messages = store.take(queue.arn, now, { limit, hideUntil });
  return messages.length > 0 ? { Messages: messages.map(received) } : {};
}

function received(message: StoredMessage) {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    Attributes: {
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receives),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    },
    MessageAttributes: JSON.parse(message.attributes) as unknown,
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
