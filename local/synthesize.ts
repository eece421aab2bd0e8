import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the template is made from; a change in any of it makes a new synthesis. */
const SOURCES = '{bin,lib,core,functions,statemachines,blueprints}/**/*.{ts,json,cedar}';

/**
 * Synthesizes the CDK app into `directory` by running it, and gives the assembly's path. An assembly made from
 * the very same sources is kept. Throws one line with the app's own words when the app fails.
 */
export async function synthesize(options: {
  readonly root: string;
  readonly app: string;
  readonly directory: string;
}): Promise<string> {
  const assembly = join(options.directory, 'cdk.out');
  const mark = join(assembly, 'sources.sha256');
  const sources = fingerprint(options.root);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === sources) return assembly;
  rmSync(assembly, { recursive: true, force: true });
  mkdirSync(assembly, { recursive: true });
  await runApp(options.root, options.app, assembly);
  writeFileSync(mark, sources);
  return assembly;
}

function fingerprint(root: string): string {
  const hash = createHash('sha256');
  const files = [...globSync(SOURCES, { cwd: root }), 'package-lock.json', 'cdk.json'].sort();
  for (const file of files) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(`${file}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
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
    const lines = said
      .join('')
      .split('\n')
      .filter((line) => /error/i.test(line));
    reject(new Error(`${app} did not synthesize: ${lines[0]?.trim() ?? `it ended with ${code}`}`));
  });
  return promise;
}
