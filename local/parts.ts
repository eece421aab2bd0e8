import { createMetrics, type Metrics } from './cloudwatch/metrics.ts';
import { watchQueues } from './cloudwatch/watch-queues.ts';
import { type Compute, createCompute } from './compute.ts';
import { startDynamoDb } from './dynamodb/dynamodb.ts';
import { createEvents, type Events } from './events/events.ts';
import { createKms } from './kms/service.ts';
import { createS3 } from './s3/service.ts';
import { createSecretsManager } from './secrets-manager/service.ts';
import type { Service } from './service.ts';
import type { Inbox } from './ses/inbox.ts';
import { createSes } from './ses/service.ts';
import { createSqs, type Sqs } from './sqs/service.ts';
import { createStepFunctions, type StepFunctions } from './step-functions/service.ts';
import type { World } from './world.ts';

/** Everything that runs in the cloud. */
export type Parts = {
  readonly services: readonly Service[];
  readonly compute: Compute;
  readonly queues: Sqs;
  readonly events: Events;
  readonly machines: StepFunctions;
  readonly metrics: Metrics;
  readonly inbox: Inbox;
  /** Begins to work, with what was left from the last time first. */
  start(): Promise<void>;
};

type Host = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLoss: (line: string) => void;
  /** Registers what ends a part; the last made ends first. */
  readonly onStop: (close: () => unknown) => void;
};

/** Makes every part of the cloud; each is registered to end in reverse order. */
export async function createParts(world: World, { environment, onLoss, onStop }: Host): Promise<Parts> {
  const { resources, directory, iam, now } = world;
  const metrics = createMetrics(world);
  onStop(() => metrics.close());
  const queues = createSqs(world);
  onStop(() => queues.stop());
  const watch = watchQueues({ metrics, queueDepths: queues.depths });
  onStop(() => watch.stop());
  const compute = createCompute({ ...world, queues, metrics });
  onStop(() => compute.stop());
  const { find, pool, invoke, queue, requirePermission } = compute;
  const events = createEvents({ resources, queue, send: queues.send, requirePermission, now });
  onStop(() => events.stop());
  const database = await startDynamoDb({ ...world, environment, find, pool, queues, onLoss });
  onStop(() => database?.stop());
  const onExecution: Metrics['recordExecution'] = (arn, change) => metrics.recordExecution(arn, change);
  const machines = createStepFunctions({ resources, roles: iam.roles, directory, invoke, onExecution, now });
  onStop(() => machines.stop());
  const ses = createSes({ ...world, tell: (event) => events.publish('default', event) });
  const secrets = createSecretsManager(world);
  onStop(() => secrets.stop());
  const stores = [createKms, createS3].map((create) => create(world));
  const parts = [compute, queues, events, machines, ses, secrets, ...stores, ...(database ? [database] : [])];
  return {
    services: parts.map(({ service }) => service),
    compute,
    queues,
    events,
    machines,
    metrics,
    inbox: ses.inbox,
    start: async () => {
      await database?.start();
      queue.start();
      machines.start();
      events.start();
    },
  };
}
