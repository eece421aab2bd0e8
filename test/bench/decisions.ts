import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { releaseHash } from '../../core/policy/release.ts';
import { someBundle } from '../harness/release.ts';
import { percentile, rounded, spread } from './percentile.ts';
import { largeGovernance, largeRequests } from './large-governance.ts';
import type { Measurement, Task } from './measure.ts';

const SIZES = [10, 100, 1_000, 10_000];
const REQUESTS = 210;

/** Measures one size in a process of its own, so that it begins cold. */
function measure(policies: number) {
  const bundle = someBundle(largeGovernance(policies));
  const requests = largeRequests(policies, REQUESTS);
  const task: Task = { bundle, hash: releaseHash(bundle), requests };
  const program = join(import.meta.dirname, 'measure.ts');
  const child = spawnSync(process.execPath, [program], {
    input: JSON.stringify(task),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 64 * 2 ** 20,
  });
  if (child.status !== 0) throw new Error(`measuring ${policies} policies ended with ${child.status}`);
  const found = JSON.parse(child.stdout) as Measurement;
  const [sliced, unsliced] = [spread(found.sliced), spread(found.unsliced)];
  return {
    policies: bundle.policies.length,
    units: bundle.units.length,
    tools: bundle.tools.length,
    asked: percentile(found.asked.sliced, 0.5),
    ofUnit: percentile(found.asked.unsliced, 0.5),
    sliced,
    unsliced,
    ratio: rounded(unsliced.p50 / sliced.p50, 1),
    compileMs: rounded(found.compile, 0),
    firstMs: rounded(found.first, 1),
    times: found.sliced.length,
    outcomes: found.outcomes,
  };
}

type Row = ReturnType<typeof measure>;

const columns: readonly (readonly [string, (row: Row) => string | number])[] = [
  ['policies', (row) => row.policies],
  ['units', (row) => row.units],
  ['tools', (row) => row.tools],
  ['asked', (row) => `${row.asked}/${row.ofUnit}`],
  ['sliced p50', (row) => row.sliced.p50.toFixed(3)],
  ['p99', (row) => row.sliced.p99.toFixed(3)],
  ['unsliced p50', (row) => row.unsliced.p50.toFixed(3)],
  ['p99', (row) => row.unsliced.p99.toFixed(3)],
  ['ratio', (row) => `${row.ratio}x`],
  ['compile', (row) => row.compileMs],
  ['first', (row) => row.firstMs],
  ['times', (row) => row.times],
];

const line = (cells: readonly (string | number)[]) =>
  cells.map((cell, n) => String(cell).padStart(Math.max(7, columns[n]?.[0].length ?? 0))).join('  ');

/** Decisions with policies sliced and whole, at four sizes; prints a table as it goes, or gives the rows. */
export function benchDecisions(say: (line: string) => void): readonly Row[] {
  say('A policy decision, in ms');
  say(line(columns.map(([title]) => title)));
  return SIZES.map((size) => {
    const row = measure(size);
    say(line(columns.map(([, cell]) => cell(row))));
    return row;
  });
}
