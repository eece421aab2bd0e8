import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { synthesized } from './synthesis.ts';

const run = promisify(execFile);

/** The linter as this machine has it; `undefined` when it has none. */
async function findLinter(): Promise<readonly [string, ...string[]] | undefined> {
  for (const command of [['cfn-lint'], ['python3', '-m', 'cfnlint']] as const) {
    const [program, ...rest] = command;
    const works = await run(program, [...rest, '--version']).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  return undefined;
}

const linter = await findLinter();

describe('the templates with everything switched on', () => {
  it('have no error that cfn-lint knows of', { timeout: 60_000 }, async (ctx) => {
    if (!linter) return ctx.skip('cfn-lint is not installed here: pip install cfn-lint');
    const [program, ...rest] = linter;
    const overrides = { pilot: true, alarmMail: 'on-call@example.org', doorConcurrency: 50 };
    const { files } = synthesized('prod', overrides);
    const ended = await run(program, [
      ...rest,
      '--non-zero-exit-code',
      'error',
      '--format',
      'parseable',
      ...files,
    ]).then(
      () => '',
      (error: { readonly stdout?: string; readonly message: string }) => error.stdout ?? error.message,
    );
    expect(
      ended.split('\n').filter((line) => /:E\d{4}:/.test(line) || line.startsWith('Command failed')),
    ).toEqual([]);
  });
});
