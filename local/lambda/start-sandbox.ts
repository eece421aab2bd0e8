import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { InvokeResult } from '../service.ts';
import type { Invocation, SandboxMessage, SandboxSettings } from './sandbox-message.ts';

/** A worker that holds one function's bundle and runs one invocation at a time. */
export type Sandbox = {
  /** Settles at the latest at the invocation's deadline; after `isOver` it must not be given another. */
  run(invocation: Invocation): Promise<InvokeResult>;
  isOver(): boolean;
  end(): Promise<void>;
};

type Said = InvokeResult | 'ready';

/** Loading a bundle may take this long, as in Lambda. */
const INIT_LIMIT_MS = 10_000;

/** Starts a sandbox and loads its bundle; gives the error that its function would answer when that fails. */
export async function startSandbox(options: {
  readonly settings: SandboxSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly onOutput: (text: string) => void;
}): Promise<Sandbox | InvokeResult> {
  const worker = new Worker(join(import.meta.dirname, 'sandbox.ts'), {
    workerData: options.settings,
    env: options.environment,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
  });
  const line = listen(worker, options.onOutput);
  const late = failed('Sandbox.Timedout', 'Error: Init phase timed out after 10.00 seconds');
  const first = await line.next(INIT_LIMIT_MS, late);
  if (first === 'ready') return sandboxOf(worker, line);
  await worker.terminate();
  return first;
}

function sandboxOf(worker: Worker, line: ReturnType<typeof listen>): Sandbox {
  return {
    run: async (invocation) => {
      const limitMs = invocation.deadline - Date.now();
      const late = timedOut(invocation.requestId, limitMs);
      worker.postMessage(invocation);
      const result = await line.next(limitMs, late);
      return result === 'ready' ? late : result;
    },
    isOver: line.isOver,
    end: async () => {
      await worker.terminate();
    },
  };
}

/** What the worker says next; when it says nothing in time it is ended and `late` stands for its answer. */
function listen(worker: Worker, onOutput: (text: string) => void) {
  let over = false;
  let settle: (said: Said) => void = () => undefined;
  worker.on('message', (message: SandboxMessage) => {
    if (message.kind === 'output') onOutput(message.text);
    else settle(message.kind === 'ready' ? 'ready' : resultOf(message));
  });
  worker.on('error', (error) => onOutput(error instanceof Error ? `${error.stack}` : String(error)));
  worker.on('exit', () => {
    over = true;
    settle(failed('Runtime.ExitError', 'Error: Runtime exited with error: exit status 1'));
  });
  const next = (limitMs: number, late: InvokeResult): Promise<Said> => {
    const { promise, resolve } = Promise.withResolvers<Said>();
    const timer = setTimeout(() => {
      over = true;
      void worker.terminate();
      resolve(late);
    }, limitMs);
    settle = (said) => {
      clearTimeout(timer);
      resolve(said);
    };
    return promise;
  };
  return { next, isOver: () => over };
}

const failure = z.looseObject({ errorType: z.string(), errorMessage: z.string() });

function resultOf(message: Extract<SandboxMessage, { kind: 'result' | 'broken' }>): InvokeResult {
  const payload: unknown = JSON.parse(message.payload);
  if (message.kind === 'result' && message.ok) return { ok: true, payload };
  return { ok: false, error: failure.parse(payload).errorType, payload };
}

function failed(errorType: string, errorMessage: string): InvokeResult {
  return { ok: false, error: errorType, payload: { errorType, errorMessage } };
}

function timedOut(requestId: string, limitMs: number): InvokeResult {
  const seconds = (limitMs / 1000).toFixed(2);
  return failed('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`);
}
