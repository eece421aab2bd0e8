import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildApp } from '../../lib/build-app.ts';
import { productAssembly } from './assembly.ts';

/**
 * The product's assembly with stacks beside it, as `add` puts them into an app of stage dev with the pilot. The control plane's own
 * stack and its bundles are those of `productAssembly`, which is what takes long to make; `bundled` are the others.
 */
export async function assemblyBeside(
  outdir: string,
  bundled: readonly string[],
  add: (app: App) => void,
): Promise<string> {
  const base = await productAssembly();
  const context = { 'aws:cdk:bundling-stacks': [...bundled] };
  const app = new App({ outdir, context, analyticsReporting: false });
  buildApp(app, 'dev', { pilot: true });
  add(app);
  const { directory } = app.synth();
  const control = ['template', 'assets'].map((part) => `AutonomyControl-dev.${part}.json`);
  const code = readdirSync(base).filter((name) => name.startsWith('asset.'));
  for (const name of [...control, ...code])
    cpSync(join(base, name), join(directory, name), { recursive: true });
  return directory;
}
