import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** What becomes of the sixty rows that ship with the pilot when everybody agrees. */
const wanted = {
  requests: 60,
  ordered: 47,
  denied: 4,
  rejected: 0,
  expired: 0,
  pending: 0,
  invalid: 9,
  heldForApproval: 25,
  auditComplete: true,
  faults: [],
};
const MOST_SECONDS = 90;

/** Runs `npm run pilot -- --decide approve --json` and holds its report against what must come of it; gives an exit code. */
export function soakPilot(): number {
  const began = performance.now();
  const args = [join(root, 'bin/local.ts'), 'pilot', '--decide', 'approve', '--json'];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const seconds = (performance.now() - began) / 1000;
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
  const wrong = Object.entries(wanted).filter(([name, value]) => !isDeepStrictEqual(report[name], value));
  for (const [name, value] of wrong)
    console.log(`${name}: ${JSON.stringify(report[name])}, not ${JSON.stringify(value)}`);
  console.log(`${seconds.toFixed(0)} seconds with boot (at most ${MOST_SECONDS}), exit code ${status}`);
  return status === 0 && wrong.length === 0 && seconds < MOST_SECONDS ? 0 : 1;
}
