import { join } from 'node:path';
import { runLocal } from '../local/run-local.ts';

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());

process.exitCode = await runLocal({
  args: process.argv.slice(2),
  env: process.env,
  root: join(import.meta.dirname, '..'),
  app: 'bin/app.ts',
  program: 'blueprints/procurement/pilot.ts',
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
  signal: end.signal,
});
