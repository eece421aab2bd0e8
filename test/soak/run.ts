import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { killAgainAndAgain } from './kill.ts';
import { compareSlices } from './slices.ts';

const root = resolve(import.meta.dirname, '../..');

type Soak = { readonly about: string; readonly run: () => Promise<number> | number };

/** Storms that `npm test` runs small; each ends by itself within ten minutes and gives an exit code. */
const soaks: Readonly<Record<string, Soak>> = {
  properties: {
    about: 'every property test with 3,000 runs: decisions, quorums, schemas, CSV, money',
    run: () => vitest(['test/core', 'test/blueprints'], { SOAK_RUNS: '3000' }),
  },
  kill: {
    about: 'a pilot of 60 rows whose cloud is killed eight times at random, then taken to its end',
    run: () => killAgainAndAgain(8),
  },
  slices: {
    about: 'policies sliced and whole decide alike: 100,000 random requests over 25,000 random releases',
    run: () => compareSlices(100_000),
  },
};

function vitest(tests: readonly string[], env: Readonly<Record<string, string>>): number {
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [program, 'run', '--testTimeout', '590000', ...tests];
  const options = { cwd: root, stdio: 'inherit', timeout: 600_000, env: { ...process.env, ...env } } as const;
  return spawnSync(process.execPath, args, options).status ?? 1;
}

const [name = ''] = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const soak = Object.hasOwn(soaks, name) ? soaks[name] : undefined;
if (soak) process.exitCode = await soak.run();
else {
  console.log('npm run soak -- NAME, where NAME is one of:');
  for (const [each, { about }] of Object.entries(soaks)) console.log(`  ${each.padEnd(12)} ${about}`);
  process.exitCode = process.argv.includes('--help') ? 0 : 2;
}
