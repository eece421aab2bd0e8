import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { allMutants } from './all-mutants.ts';
import type { Mutant } from './mutants.ts';

const root = resolve(import.meta.dirname, '../..');
const asJson = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
if (process.argv.includes('--help')) {
  console.log(`npm run mutants -- [WORD ...] [--json]

Takes away one protection after the other and runs the tests that must turn red for it. With words, only those whose
name holds one of them: npm run mutants -- slice confinement. Each takes some seconds, all ${allMutants.length} an hour or more.`);
  process.exit(0);
}

type Verdict = Mutant & { readonly killed: boolean; readonly why?: string; readonly seconds: number };

const vitest = (tests: readonly string[]) => {
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--bail',
    '1',
    '--reporter',
    'dot',
    ...tests,
  ];
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 240_000, env });
};

/** Whether these tests pass while nothing is changed; tests that are red anyway prove nothing. */
const green = new Map<string, boolean>();
function passUnchanged(tests: readonly string[]): boolean {
  const key = tests.join(' ');
  const known = green.get(key) ?? vitest(tests).status === 0;
  green.set(key, known);
  return known;
}

/** Runs the named tests against the mutated file and puts the file back, whatever happens. */
function tryMutant(mutant: Mutant): Verdict {
  const path = join(root, mutant.file);
  const original = readFileSync(path, 'utf8');
  const places = original.split(mutant.find).length - 1;
  if (places !== 1)
    return { ...mutant, killed: false, why: `its text stands ${places} times in the file`, seconds: 0 };
  if (!passUnchanged(mutant.tests))
    return { ...mutant, killed: false, why: 'its tests fail without it', seconds: 0 };
  const began = performance.now();
  const restore = () => writeFileSync(path, original);
  const stop = () => {
    restore();
    process.exit(130);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  writeFileSync(
    path,
    original.replace(mutant.find, () => mutant.replace),
  );
  try {
    const run = vitest(mutant.tests);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    if (run.error) return { ...mutant, killed: false, why: `no verdict: ${run.error.message}`, seconds };
    if (/No test files found/.test(run.stdout + run.stderr))
      return { ...mutant, killed: false, why: 'no such tests', seconds };
    return { ...mutant, killed: run.status !== 0, seconds };
  } finally {
    restore();
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}

const chosen = allMutants.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);
const verdicts: Verdict[] = [];
for (const [index, mutant] of chosen.entries()) {
  const verdict = tryMutant(mutant);
  verdicts.push(verdict);
  const word = verdict.killed ? 'killed  ' : 'SURVIVED';
  if (!asJson) {
    console.log(
      `${index + 1}/${chosen.length} ${word} ${mutant.name} (${verdict.seconds} s)${verdict.why ? `: ${verdict.why}` : ''}`,
    );
  }
}
const killed = verdicts.filter((verdict) => verdict.killed).length;
if (asJson) console.log(JSON.stringify({ mutants: verdicts.length, killed, verdicts }));
else console.log(`${killed} of ${verdicts.length} mutants killed`);
process.exit(killed === verdicts.length && killed > 0 ? 0 : 1);
