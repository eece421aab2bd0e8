import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEndpoint } from './endpoint.ts';
import type { Credentials } from './iam/credentials.ts';
import type { Iam } from './iam/iam.ts';
import { lockDirectory } from './lock.ts';
import { createParts } from './parts.ts';
import { createRouter } from './router.ts';
import type { Resource } from './service.ts';
import { readWorld } from './world.ts';

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
  /** The second person of what takes two. */
  readonly colleague: Credentials;
  /** A program that runs as an IAM role, as in Lambda or ECS. */
  readonly workload: Credentials;
  readonly resources: readonly Resource[];
  readonly iam: Pick<Iam, 'usage'>;
  /** How often each function was asked to run since the boot, by its name. */
  invocations(): Readonly<Record<string, number>>;
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
  const { assembly, directory, environment } = options;
  const onLoss = options.onLoss ?? ((line: string) => process.stderr.write(`${line}\n`));
  mkdirSync(join(directory, 'logs'), { recursive: true });
  const lock = lockDirectory(directory);
  onStop(() => lock.release());
  const endpoint = await openEndpoint(options.port);
  onStop(() => endpoint.stop());
  const world = readWorld({ assembly, directory, port: endpoint.port });
  const parts = await createParts(world, { environment, onLoss, onStop });
  endpoint.serve(createRouter(world, parts));
  await parts.start();
  const { url, resources, iam, people } = world;
  const { events, compute } = parts;
  const invocations = () => compute.pool.asked();
  return { url, ...people, resources, iam, invocations, runSchedule: events.runSchedule, stop };
}
