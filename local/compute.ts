import { join } from 'node:path';
import type { CredentialStore } from './iam/credentials.ts';
import type { Iam } from './iam/iam.ts';
import { readFunctions } from './lambda/function.ts';
import { createInvocationQueue, type InvocationQueue, type SendToQueue } from './lambda/invocation-queue.ts';
import { createDirectory, createInvoke, type Directory, recordRuntimeUse } from './lambda/invoke.ts';
import { createPool, type Pool } from './lambda/pool.ts';
import { createResourcePolicies, type RequirePermission } from './lambda/resource-policy.ts';
import { createLambdaService } from './lambda/service.ts';
import type { Metrics } from './cloudwatch/metrics.ts';
import { createLogFiles } from './logs/log-files.ts';
import type { InvokeFunction, Resource, Service } from './service.ts';

/** Everything that runs functions. */
export type Compute = {
  readonly service: Service;
  readonly find: Directory;
  readonly pool: Pool;
  readonly queue: InvocationQueue;
  readonly invoke: InvokeFunction;
  readonly requirePermission: RequirePermission;
  stop(): Promise<void>;
};

export function createCompute(options: {
  readonly resources: readonly Resource[];
  readonly assets: ReadonlyMap<string, string>;
  readonly directory: string;
  readonly url: string;
  readonly iam: Iam;
  readonly credentials: CredentialStore;
  readonly queues: { readonly send: SendToQueue };
  readonly metrics: Pick<Metrics, 'record' | 'recordInvocation'>;
  readonly now: () => number;
}): Compute {
  const { resources, directory, iam, metrics, now } = options;
  const functions = readFunctions(resources, options.assets, iam.roles);
  const find = createDirectory(functions);
  const logs = createLogFiles(join(directory, 'logs'), now);
  const pool = createPool({
    url: options.url,
    credentialsOf: options.credentials.ofRole,
    onLine: (target, line) => {
      logs.write(target.name, line);
      metrics.record(line);
    },
    onInvocation: (target, took) => {
      recordRuntimeUse(iam, target);
      metrics.recordInvocation(target.name, took);
    },
  });
  const queue = createInvocationQueue({ resources, directory, find, pool, send: options.queues.send, now });
  return {
    service: createLambdaService({ find, pool, queue }),
    find,
    pool,
    queue,
    invoke: createInvoke({ find, pool, iam }),
    requirePermission: createResourcePolicies(resources, find),
    stop: async () => {
      await Promise.all([queue.stop(), pool.stop()]);
      await logs.stop();
    },
  };
}
