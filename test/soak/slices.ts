import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

const root = resolve(import.meta.dirname, '../..');
const PROPERTY = 'a slice of a release decides what the whole would: same outcome, same reasons, same errors';
const BATCH = 1_000;
/** The property asks every random release at least so many questions. */
const QUESTIONS = 4;

const report = z.object({
  numPassedTests: z.int(),
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(z.object({ failureMessages: z.array(z.string()) })),
    }),
  ),
});

/**
 * Holds slices against the whole on at least so many random requests: the property of `npm test`, in processes of a
 * thousand random releases each, since the engine forgets none. 0 when there was no difference.
 */
export async function compareSlices(requests: number): Promise<number> {
  const batches = Math.ceil(requests / (BATCH * QUESTIONS));
  for (let batch = 1; batch <= batches; batch += 1) {
    const difference = await differenceIn(BATCH);
    if (difference !== undefined) {
      console.log(`${difference}\na slice decides otherwise than the whole, see above`);
      return 1;
    }
    const asked = (batch * BATCH * QUESTIONS).toLocaleString('en');
    console.log(`${batch}/${batches}: at least ${asked} requests, 0 differences`);
  }
  return 0;
}

/** What the first release that is decided otherwise looks like; no report, or no such test, is a difference too. */
async function differenceIn(releases: number): Promise<string | undefined> {
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const options = ['--testNamePattern', `^${PROPERTY}$`, '--testTimeout', '300000', '--reporter', 'json'];
  const child = spawn(process.execPath, [program, 'run', 'test/core/policy/slice.test.ts', ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SOAK_RUNS: String(releases) },
  });
  const output = await text(child.stdout);
  const line = output.split('\n').find((each) => each.startsWith('{"')) ?? 'null';
  const { success, data } = report.safeParse(JSON.parse(line));
  if (success && data.numPassedTests === 1) return undefined;
  const failures = success ? data.testResults.flatMap(reasonsOf) : [];
  return failures.join('\n') || `the property was not tried: ${output}`;
}

const reasonsOf = (result: z.infer<typeof report>['testResults'][number]) =>
  [result.message, ...result.assertionResults.flatMap(({ failureMessages }) => failureMessages)].filter(
    Boolean,
  );
