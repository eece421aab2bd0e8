import { productAssembly } from './harness/assembly.ts';

/** Synthesizes the app once, before workers would do it side by side. */
export async function setup(): Promise<void> {
  await productAssembly();
}
