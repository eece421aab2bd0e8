import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { BootError } from './boot-error.ts';

/** What the template is made from; a change in any of it makes a new synthesis. */
const SOURCES = '{bin,lib,core,functions,statemachines,schemas,blueprints}/**/*.{ts,json}';
/** Assemblies kept: a cloud that still runs an older one finds its bundles. */
const KEPT = 4;

/**
 * Synthesizes the CDK app by running it, and gives the assembly's path below `directory`, named by its sources: one
 * made from the very same sources is used again, by several processes at once too. A failure is a `BootError` in the
 * app's own words.
 */
export async function synthesize(options: {
  readonly root: string;
  readonly app: string;
  readonly directory: string;
}): Promise<string> {
  const { root, app, directory } = options;
  const name = fingerprint(root);
  const assembly = join(directory, name);
  if (existsSync(assembly)) return assembly;
  const draft = join(directory, `${name}.${process.pid}`);
  mkdirSync(draft, { recursive: true });
  try {
    await runApp(root, app, draft);
    if (!existsSync(assembly)) renameSync(draft, assembly);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  removeOld(directory);
  return assembly;
}

function fingerprint(root: string): string {
  const hash = createHash('sha256');
  const files = [...globSync(SOURCES, { cwd: root }), 'package-lock.json', 'cdk.json'].sort();
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 20);
}

function removeOld(directory: string): void {
  const age = (name: string) => statSync(join(directory, name)).mtimeMs;
  const whole = readdirSync(directory).filter((name) => /^[0-9a-f]{20}$/.test(name));
  for (const name of whole.sort((a, b) => age(b) - age(a)).slice(KEPT)) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function runApp(root: string, app: string, assembly: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const env = { ...process.env, CDK_OUTDIR: assembly };
  const child = spawn(process.execPath, [join(root, app)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  child.on('error', reject);
  child.on('close', (code) => {
    if (code === 0) return resolve();
    const lines = said.join('').split('\n');
    const told = lines.find((line) => /error/i.test(line)) ?? lines.findLast((line) => line.trim() !== '');
    reject(new BootError(`${app} did not synthesize: ${told?.trim() ?? `it ended with ${code}`}`));
  });
  return promise;
}
