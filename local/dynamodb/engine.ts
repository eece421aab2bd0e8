import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BootError } from '../boot-error.ts';
import { makePrivate } from '../private-database.ts';

export type Engine = { readonly url: string; stop(): Promise<void> };

/**
 * Runs the engine and ends it when the pipe to our standard input closes, which happens however we die. The engine
 * itself knows nothing of us, so a shell stands between; both are out of reach of the terminal's Ctrl-C.
 */
const SUPERVISOR = `exec 3<&0
"$@" 3<&- </dev/null & engine=$!
{ cat <&3 >/dev/null; kill -KILL $engine; } 2>/dev/null & watch=$!
wait $engine; code=$?
kill $watch 2>/dev/null
exit $code`;

const ANSWER_LIMIT_MS = 10_000;

/** Starts the DynamoDB engine on `directory`'s database, or uses the one at `AUTONOMY_DYNAMODB_ENDPOINT`. */
export async function startEngine(options: {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called when the engine ends by itself. */
  readonly onLoss: (line: string) => void;
}): Promise<Engine> {
  const given = options.environment['AUTONOMY_DYNAMODB_ENDPOINT'];
  if (given) return { url: given.replace(/\/$/, ''), stop: () => Promise.resolve() };
  const binary = findBinary(options.environment);
  const port = await freePort();
  const logFile = join(options.directory, 'logs', 'dynamodb-engine.log');
  const log = openSync(logFile, 'a');
  const database = join(options.directory, 'dynamodb.db');
  makePrivate(database);
  const child = spawn(
    'sh',
    ['-c', SUPERVISOR, 'engine', binary, '--port', `${port}`, '--db-path', database],
    {
      stdio: ['pipe', log, log],
      detached: true,
    },
  );
  closeSync(log);
  let stopping = false;
  let lost = false;
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => {
      lost = true;
      resolve();
      if (!stopping) options.onLoss(`the DynamoDB engine ended: ${lastLine(logFile)}`);
    });
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    child.stdin?.end();
    await gone;
  };
  const url = `http://127.0.0.1:${port}`;
  if (await answers(url, () => lost)) return { url, stop };
  await stop();
  throw new BootError(`the DynamoDB engine ${binary} does not start: ${lastLine(logFile)}`);
}

function findBinary({ PATH = '' }: Readonly<Record<string, string | undefined>>): string {
  const candidates = PATH.split(delimiter).map((directory) => join(directory, 'dynoxide'));
  try {
    candidates.unshift(createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide'));
  } catch {
    // The package is optional: it exists for one platform only.
  }
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found) return found;
  throw new BootError(
    'no DynamoDB engine: install dynoxide on the PATH or set AUTONOMY_DYNAMODB_ENDPOINT to one that runs',
  );
}

async function answers(url: string, isLost: () => boolean): Promise<boolean> {
  const until = Date.now() + ANSWER_LIMIT_MS;
  while (Date.now() < until && !isLost()) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => undefined,
    );
    if (status !== undefined) return true;
    await sleep(15);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (typeof address === 'object' && address) return address.port;
  throw new BootError('no port is free for the DynamoDB engine');
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
}
