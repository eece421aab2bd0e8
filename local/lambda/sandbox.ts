import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Invocation, SandboxMessage, SandboxSettings } from './sandbox-message.ts';

/**
 * The inside of a Lambda sandbox: runs in its own worker thread with its own environment, loads the bundle once and
 * then answers one invocation at a time as Lambda's Node.js runtime does.
 */
type Handler = (event: unknown, context: unknown) => unknown;

const say = (message: SandboxMessage): void => parentPort?.postMessage(message);

process.stdout.write = capture;
process.stderr.write = capture;

function capture(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
  say({ kind: 'output', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() });
  for (const argument of rest) if (typeof argument === 'function') queueMicrotask(argument as () => void);
  return true;
}

const { code, handler: name } = workerData as SandboxSettings;
const handler = await loadHandler().catch((error: unknown) => {
  say({ kind: 'broken', payload: JSON.stringify(errorObject(error)) });
  return undefined;
});
if (handler) {
  parentPort?.on('message', (invocation: Invocation) => void answer(handler, invocation));
  say({ kind: 'ready' });
}

async function loadHandler(): Promise<Handler> {
  const dot = name.lastIndexOf('.');
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => join(code, `${name.slice(0, dot)}${extension}`))
    .find((candidate) => existsSync(candidate));
  if (!path) throw runtimeError('Runtime.ImportModuleError', `Cannot find module '${name.slice(0, dot)}'`);
  const loaded = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const exported = name.slice(dot + 1);
  const inner = (loaded['default'] ?? {}) as Record<string, unknown>;
  const found = loaded[exported] ?? inner[exported];
  if (typeof found === 'function') return found as Handler;
  throw runtimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
}

async function answer(run: Handler, invocation: Invocation): Promise<void> {
  try {
    const result = await run(JSON.parse(invocation.payload), contextOf(invocation));
    say({ kind: 'result', ok: true, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    const thrown = errorObject(error);
    process.stderr.write(`${invocation.requestId} ERROR Invoke Error ${JSON.stringify(thrown)}\n`);
    say({ kind: 'result', ok: false, payload: JSON.stringify(thrown) });
  }
}

function contextOf({ requestId, deadline, functionArn }: Invocation) {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: false,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function runtimeError(errorName: string, message: string): Error {
  return Object.assign(new Error(message), { name: errorName });
}

function errorObject(error: unknown) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  const trace = (error.stack ?? '').split('\n');
  return { errorType: error.name, errorMessage: error.message, trace };
}
