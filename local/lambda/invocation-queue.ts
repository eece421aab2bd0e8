import { join } from 'node:path';
import * as z from 'zod';
import type { Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';
import { openInvocationStore, type QueuedInvocation } from './invocation-store.ts';
import type { Directory } from './invoke.ts';
import type { Pool } from './pool.ts';

/** Lambda's queue of asynchronous invocations; what is in it survives the process. */
export type InvocationQueue = {
  /** Accepts an event; its function runs soon, and again after a failure as its settings say. */
  add(functionName: string, payload: unknown): void;
  start(): void;
  /** Takes no more work; what is unsettled runs at the next start. */
  stop(): Promise<void>;
};

/** Puts a message into a queue of the template. */
export type SendToQueue = (queueArn: string, body: unknown) => void;

const properties = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: z.coerce.number().int().min(0).max(2).default(2),
  MaximumEventAgeInSeconds: z.coerce.number().default(21_600),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string().startsWith('arn:aws:sqs:') }) })
    .optional(),
});
type Rules = Omit<z.infer<typeof properties>, 'FunctionName' | 'Qualifier'>;

const DEFAULTS: Rules = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600 };
/** Lambda waits a minute before the second attempt and two before the third. */
const RETRY_AFTER_MS = [60_000, 120_000];

export type QueueOptions = {
  readonly resources: readonly Resource[];
  readonly directory: string;
  readonly find: Directory;
  readonly pool: Pool;
  readonly send: SendToQueue;
  readonly now: () => number;
};

export function createInvocationQueue(options: QueueOptions): InvocationQueue {
  const store = openInvocationStore(join(options.directory, 'invocations.db'));
  const rules = new Map(
    readResources(options.resources, 'AWS::Lambda::EventInvokeConfig', properties).map(
      ({ properties: each }): [string, Rules] => [each.FunctionName, each],
    ),
  );
  const running = new Map<number, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let started = false;

  const attempt = async (job: QueuedInvocation): Promise<void> => {
    const result = await options.pool.run(options.find(job.functionName), JSON.parse(job.payload));
    if (!started) return;
    const retryAt = result.ok ? undefined : retryTime(job, rules.get(job.functionName), options.now());
    if (retryAt !== undefined) return store.postpone(job.id, retryAt);
    if (!result.ok) sendToDestination(job, result.payload, rules.get(job.functionName), options);
    store.remove(job.id);
  };

  const turn = (): void => {
    clearTimeout(timer);
    if (!started) return;
    for (const job of store.due(options.now())) {
      if (running.has(job.id)) continue;
      const done = attempt(job).finally(() => {
        running.delete(job.id);
        turn();
      });
      running.set(job.id, done);
    }
    const next = store.nextAfter(options.now());
    if (next !== null) timer = setTimeout(turn, next - options.now() + 1);
  };

  return {
    add: (functionName, payload) => {
      store.add(options.find(functionName).name, JSON.stringify(payload), options.now());
      turn();
    },
    start: () => {
      started = true;
      turn();
    },
    stop: async () => {
      started = false;
      clearTimeout(timer);
      await Promise.all(running.values());
      store.close();
    },
  };
}

function retryTime(job: QueuedInvocation, rules = DEFAULTS, now: number): number | undefined {
  const wait = RETRY_AFTER_MS[job.attempts];
  if (wait === undefined || job.attempts >= rules.MaximumRetryAttempts) return undefined;
  const dueAt = now + wait;
  return dueAt - job.acceptedAt > rules.MaximumEventAgeInSeconds * 1000 ? undefined : dueAt;
}

/** Sends what Lambda sends to an on-failure destination, where the template names one. */
function sendToDestination(
  job: QueuedInvocation,
  error: unknown,
  rules: Rules | undefined,
  { send, find, now }: QueueOptions,
): void {
  const destination = rules?.DestinationConfig?.OnFailure.Destination;
  if (!destination) return;
  send(destination, {
    version: '1.0',
    timestamp: new Date(now()).toISOString(),
    requestContext: {
      functionArn: `${find(job.functionName).arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: job.attempts + 1,
    },
    requestPayload: JSON.parse(job.payload) as unknown,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: error,
  });
}
