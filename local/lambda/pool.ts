import { randomUUID } from 'node:crypto';
import type { Credentials } from '../iam/credentials.ts';
import type { InvokeResult } from '../service.ts';
import { type Crew, createCrew, endIdle, type Job, match, release, wantsMore } from './crew.ts';
import type { LambdaFunction } from './function.ts';
import { sandboxEnvironment } from './sandbox-environment.ts';
import { type Sandbox, startSandbox } from './start-sandbox.ts';

/** Runs functions in sandboxes that start at need, are used again, and end after a minute without work. */
export type Pool = {
  /** Settles as the function did; waits in order when all of the function's sandboxes are busy. */
  run(target: LambdaFunction, payload: unknown): Promise<InvokeResult>;
  /** How often each function was asked to run since the cloud booted, by its name. */
  asked(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
};

export type PoolOptions = {
  readonly url: string;
  readonly credentialsOf: (roleArn: string) => Credentials;
  /** Called at each line of a function's output. */
  readonly onLine: (target: LambdaFunction, line: string) => void;
  /** Called after each invocation. */
  readonly onInvocation: (target: LambdaFunction, took: { ok: boolean; durationMs: number }) => void;
};

type Floor = PoolOptions & { readonly crews: Map<string, Crew>; starting: number; stopped: boolean };

/** More starts at once only make each slower. */
const STARTS_AT_ONCE = 2;
const IDLE_MS = 60_000;

export function createPool(options: PoolOptions): Pool {
  const floor: Floor = { ...options, crews: new Map(), starting: 0, stopped: false };
  const asked = new Map<string, number>();
  const sweep = setInterval(() => {
    for (const crew of floor.crews.values()) endIdle(crew, Date.now() - IDLE_MS);
  }, IDLE_MS / 4).unref();
  return {
    run: (target, payload) => {
      if (floor.stopped) return Promise.resolve(STOPPED);
      asked.set(target.name, (asked.get(target.name) ?? 0) + 1);
      const crew = floor.crews.get(target.name) ?? createCrew(target);
      floor.crews.set(target.name, crew);
      const { promise, resolve } = Promise.withResolvers<InvokeResult>();
      crew.waiting.push({ payload: JSON.stringify(payload) ?? 'null', settle: resolve });
      dispatch(floor, crew);
      return promise;
    },
    asked: () => Object.fromEntries(asked),
    stop: async () => {
      floor.stopped = true;
      clearInterval(sweep);
      const crews = [...floor.crews.values()];
      for (const { waiting } of crews) for (const job of waiting.splice(0)) job.settle(STOPPED);
      const sandboxes = crews.flatMap(({ idle, busy }) => [...idle, ...busy]);
      await Promise.all(sandboxes.map((sandbox) => sandbox.end()));
    },
  };
}

function dispatch(floor: Floor, crew: Crew): void {
  for (let pair = match(crew); pair; pair = match(crew)) void work(floor, crew, pair);
  if (wantsMore(crew) && floor.starting < STARTS_AT_ONCE) void start(floor, crew);
}

async function start(floor: Floor, crew: Crew): Promise<void> {
  crew.starting += 1;
  floor.starting += 1;
  const sandbox = await startSandbox(sandboxOptions(floor, crew.target));
  crew.starting -= 1;
  floor.starting -= 1;
  if (!('run' in sandbox)) crew.waiting.shift()?.settle(sandbox);
  else if (floor.stopped) await sandbox.end();
  else release(crew, sandbox, Date.now());
  for (const each of floor.crews.values()) dispatch(floor, each);
}

async function work(floor: Floor, crew: Crew, pair: { sandbox: Sandbox; job: Job }): Promise<void> {
  const { target } = crew;
  const began = performance.now();
  const result = await pair.sandbox.run({
    requestId: randomUUID(),
    payload: pair.job.payload,
    deadline: Date.now() + target.timeoutSeconds * 1000,
    functionArn: target.arn,
  });
  if (!floor.stopped) floor.onInvocation(target, { ok: result.ok, durationMs: performance.now() - began });
  release(crew, pair.sandbox, Date.now());
  pair.job.settle(floor.stopped ? STOPPED : result);
  if (!floor.stopped) dispatch(floor, crew);
}

const STOPPED: InvokeResult = {
  ok: false,
  error: 'ServiceException',
  payload: { errorType: 'ServiceException', errorMessage: 'the local cloud is stopping' },
};

function sandboxOptions(floor: Floor, target: LambdaFunction) {
  return {
    settings: { code: target.code, handler: target.handler },
    memoryMb: target.memoryMb,
    environment: sandboxEnvironment(target, floor.credentialsOf(target.roleArn), floor.url),
    onOutput: (text: string) => {
      for (const line of text.split('\n')) if (line.trim() !== '') floor.onLine(target, line);
    },
  };
}
