import { join, resolve } from 'node:path';
import { synthesize } from '../../local/synthesize.ts';

export const root = resolve(import.meta.dirname, '../..');

/** The assembly of the app as `npm start` makes it; made once for all tests of these sources. */
export const productAssembly = () =>
  synthesize({ root, app: 'bin/app.ts', directory: join(root, '.autonomy', 'assemblies') });
