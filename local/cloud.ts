import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAwsDoor } from './answer-aws.ts';
import { createCompute } from './compute.ts';
import { createMetrics } from './cloudwatch/metrics.ts';
import { watchQueues } from './cloudwatch/watch-queues.ts';
import { createConsole } from './console/console.ts';
import { startDynamoDb } from './dynamodb/dynamodb.ts';
import { type HttpReply, type HttpRequest, openEndpoint } from './endpoint.ts';
import { createEvents } from './events/events.ts';
import { readApi } from './http-api/api.ts';
import { serveApi } from './http-api/serve-api.ts';
import { administratorOf, type Credentials, createCredentialStore } from './iam/credentials.ts';
import { createIam, type Iam } from './iam/iam.ts';
import { recordMachineUse } from './iam/machine-use.ts';
import { authenticate, signedService } from './iam/signature.ts';
import { createKms } from './kms/service.ts';
import { lockDirectory } from './lock.ts';
import { createS3 } from './s3/service.ts';
import { createSecretsManager } from './secrets-manager/service.ts';
import type { Resource, Service } from './service.ts';
import { createSes } from './ses/service.ts';
import { createSqs } from './sqs/service.ts';
import { viewExecutions } from './step-functions/executions-view.ts';
import { createStepFunctions } from './step-functions/service.ts';
import { readAssembly } from './template/assembly.ts';
import { resolveTemplate } from './template/resolve-template.ts';

export type CloudOptions = {
  /** A synthesized CDK app. */
  readonly assembly: string;
  /** Where everything that must survive a restart lies. */
  readonly directory: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The host's environment: where engines are found, never what functions see. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called when a part that the cloud cannot do without has ended by itself. */
  readonly onLoss?: (line: string) => void;
};

export type Cloud = {
  readonly url: string;
  readonly administrator: Credentials;
  readonly resources: readonly Resource[];
  readonly iam: Pick<Iam, 'usage'>;
  /** Fires a scheduled rule now, by its name or logical id; `false` when there is none. */
  runSchedule(name: string): boolean;
  /** Ends every part in order; what was not settled goes on at the next boot. */
  stop(): Promise<void>;
};

/**
 * Runs a synthesized template on this machine, on one port. Throws a `BootError` of one line, with nothing left
 * running, when the port or the directory is taken, the engine is missing, or the template asks for something that is
 * not run here.
 */
export async function bootCloud(options: CloudOptions): Promise<Cloud> {
  const closers: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await build(options, (close) => closers.push(close), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  options: CloudOptions,
  onStop: (close: () => unknown) => void,
  stop: () => Promise<void>,
): Promise<Cloud> {
  const { directory, environment } = options;
  const onLoss = options.onLoss ?? ((line: string) => process.stderr.write(`${line}\n`));
  const now = Date.now;
  mkdirSync(join(directory, 'logs'), { recursive: true });
  const lock = lockDirectory(directory);
  onStop(() => lock.release());
  const endpoint = await openEndpoint(options.port);
  onStop(() => endpoint.stop());
  const url = `http://127.0.0.1:${endpoint.port}`;

  const assembly = readAssembly(options.assembly);
  const resources = resolveTemplate(assembly, endpoint.port);
  const iam = createIam(resources);
  recordMachineUse(iam, resources);
  const administrator = administratorOf(directory);
  const credentials = createCredentialStore(iam.roles, administrator);

  const metrics = createMetrics({ directory, now });
  onStop(() => metrics.close());
  const queues = createSqs({ resources, directory, now });
  onStop(() => queues.stop());
  const watch = watchQueues({ metrics, queueDepths: queues.depths });
  onStop(() => watch.stop());
  const compute = createCompute({
    resources,
    assets: assembly.assets,
    directory,
    url,
    iam,
    credentials,
    queues,
    metrics,
    now,
  });
  onStop(() => compute.stop());
  const { find, pool, invoke, queue, requirePermission } = compute;
  const events = createEvents({ resources, queue, send: queues.send, requirePermission, now });
  onStop(() => events.stop());
  const database = await startDynamoDb({
    resources,
    directory,
    environment,
    find,
    pool,
    iam,
    queues,
    onLoss,
    now,
  });
  onStop(() => database?.stop());

  const machines = createStepFunctions({
    resources,
    roles: iam.roles,
    directory,
    invoke,
    onExecution: (machineArn, change) => metrics.recordExecution(machineArn, change),
    now,
  });
  onStop(() => machines.stop());
  const ses = createSes({ resources, directory });

  const identify = (request: HttpRequest) => authenticate(request, credentials, now());
  const kept = [createKms, createS3, createSecretsManager].map((create) => create({ resources, directory }));
  const services = [compute, queues, events, machines, ses, ...kept].map(({ service }): Service => service);
  if (database) services.push(database.service);
  const aws = createAwsDoor({ services, identify, authorize: iam.authorize });
  const api = readApi(resources, requirePermission);
  const serve = api && serveApi({ api, invoke, identify, authorize: iam.authorize, now });
  const local = createConsole({
    resources,
    url,
    inbox: ses.inbox,
    metrics,
    executions: viewExecutions(machines.store),
    queueDepths: queues.depths,
    identify,
    runSchedule: events.runSchedule,
    now,
  });
  endpoint.serve((request): Promise<HttpReply> => {
    const signedFor = signedService(request.headers);
    if (request.path.startsWith('/_local')) return local(request);
    if (signedFor !== undefined && signedFor !== 'execute-api') return aws(signedFor, request);
    return serve ? serve(request) : Promise.resolve(NOTHING_HERE);
  });
  await database?.start();
  queue.start();
  machines.start();
  events.start();
  return { url, administrator, resources, iam, runSchedule: events.runSchedule, stop };
}

const NOTHING_HERE: HttpReply = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"Not Found"}',
};
