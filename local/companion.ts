import { spawn } from 'node:child_process';

/**
 * Runs a program beside the cloud with its output on ours, and gives its exit code. It holds a pipe to us as its
 * standard input, so that it can end itself when we are gone.
 */
export function runCompanion(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(process.execPath, [options.program, ...options.args], {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  options.signal?.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  child.on('error', reject);
  child.on('close', (code) => resolve(code ?? 1));
  return promise;
}
