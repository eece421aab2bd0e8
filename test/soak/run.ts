import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { soakBreaker } from './breaker.ts';
import { soakBudgets } from './budgets.ts';
import { soakFaults } from './faults.ts';
import { governLargeCompany } from './governance.ts';
import { killAgainAndAgain } from './kill.ts';
import { soakPilot } from './pilot.ts';
import { soakReplay } from './replay.ts';
import { soakStreams } from './streams.ts';
import { compareSlices } from './slices.ts';
import { soakSwap } from './swap.ts';
import { soakSwitches } from './switches.ts';
import { soakVotes } from './votes.ts';

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
  pilot: {
    about: 'all 60 rows of the pilot to their ends in under 90 seconds, the audit log held against the ERP',
    run: () => soakPilot(),
  },
  governance: {
    about: '1,000 agents, 20 roles, 200 tools and 1,000 policies applied to the local cloud, then planned',
    run: () => governLargeCompany(),
  },
  switches: {
    about:
      'a kill switch engaged 200 times in the midst of concurrent actions: nothing starts once contained',
    run: () => soakSwitches(200),
  },
  slices: {
    about: 'policies sliced and whole decide alike: 100,000 random requests over 25,000 random releases',
    run: () => compareSlices(100_000),
  },
  replay: {
    about:
      '10,000 recorded decisions replayed: no flip under the same release, and under another the right ones',
    run: () => soakReplay(10_000),
  },
  faults: {
    about: 'every way through the door, killed at every pair of its calls: nothing lost, nothing doubled',
    run: () => soakFaults(),
  },
  budgets: {
    about: '500 actions at once against a budget of 10,000.00, refused and killed at random, on 50 days',
    run: () => soakBudgets(50, 500),
  },
  streams: {
    about:
      'a day of events delivered 10,000 times, doubled, in any order, to services that fail: the same effects',
    run: () => soakStreams(10_000),
  },
  breaker: {
    about:
      'a tool that hangs in every second call, with and without a breaker: what another tool notices of it',
    run: () => soakBreaker(),
  },
  votes: {
    about:
      '50 yeses against 50 noes at once, 200 times, amid expiry, withdrawal, new rules, a kill switch; then 500 votes at the very deadline',
    run: () => soakVotes(200, 500),
  },
  swap: {
    about:
      'an approved action’s row changed 10,000 times behind our back: nothing is carried out that nobody approved',
    run: () => soakSwap(10_000),
  },
};

function vitest(tests: readonly string[], env: Readonly<Record<string, string>>): number {
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [program, 'run', '--testTimeout', '590000', ...tests];
  const options = { cwd: root, stdio: 'inherit', timeout: 600_000, env: { ...process.env, ...env } } as const;
  return spawnSync(process.execPath, args, options).status ?? 1;
}

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
const [name = ''] = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const soak = Object.hasOwn(soaks, name) ? soaks[name] : undefined;
if (soak) process.exitCode = await soak.run();
else {
  console.log('npm run soak -- NAME, where NAME is one of:');
  for (const [each, { about }] of Object.entries(soaks)) console.log(`  ${each.padEnd(12)} ${about}`);
  process.exitCode = process.argv.includes('--help') ? 0 : 2;
}
