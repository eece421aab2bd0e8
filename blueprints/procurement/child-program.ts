import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Program = {
  readonly process: ChildProcess;
  /** Resolves with the first line it prints. */
  readonly firstLine: Promise<string>;
  stop(): void;
};

/** Starts a program that ends when we do: it reads a pipe from us and stops at its end. */
export function startProgram(
  file: string,
  options: {
    readonly args?: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly onLine?: (line: string) => void;
  },
): Program {
  const child = spawn(process.execPath, [file, ...(options.args ?? [])], {
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  promise.catch(() => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    resolve(line);
    options.onLine?.(line);
  });
  child.on('error', reject);
  child.on('exit', (code) => reject(new Error(`${file} ended with ${code} before it was ready`)));
  return { process: child, firstLine: promise, stop: () => child.kill('SIGTERM') };
}
