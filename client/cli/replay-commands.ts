import { type Command, Option } from 'commander';
import { countOf, type ReplayReport } from '../../core/policy/replay-report.ts';
import type { Admin } from '../admin.ts';
import { readGovernance } from '../governance-files.ts';
import { connectAdmin } from './connect.ts';
import { describeReplay, describeReplayed } from './describe-replay.ts';
import { collect } from './governance-commands.ts';
import { type SignedOptions, signedCommand, wholeHash } from './release-commands.ts';
import { replayAll } from './replay-plan.ts';
import { instantOf } from './replay-window.ts';
import { CommandError, type Terminal, visible } from './terminal.ts';

type Options = SignedOptions & {
  readonly dir?: string;
  readonly var: Readonly<Record<string, string>>;
  readonly since: string;
  readonly until?: string;
  readonly failOn?: keyof typeof failing;
};

/** What a build may refuse: kinds of flips that open something. */
const failing = {
  allow: ['deny-to-allow', 'hold-to-allow'],
  looser: ['deny-to-allow', 'hold-to-allow', 'deny-to-hold'],
} as const;

const meaning = `
Every decision made at the door in the window is made again under another release, with the facts recorded
then: the agent's unit, roles, stage and sponsor, its input, whom it acted for. What comes out otherwise is
counted, what loosens first, with examples of each kind. Nothing changes, nobody is asked.

The release is HASH, or the one DIR would make (it is checked and stored, and put in force nowhere), or the
one in force: then every flip is a decision that an earlier release made.

In a build, --fail-on allow ends with 1 when anything would now be allowed that was denied or held, and when
a record could not be decided again; --fail-on looser also when something denied would be held.

Example
  $ autonomy replay --dir governance --since 7d
  $ autonomy replay a72f9a9cf912 --since 2026-11-01 --until 2026-11-08
  $ autonomy replay --dir governance --since P30D --fail-on allow
`;

/** `autonomy replay [HASH]`. */
export function replayCommand(terminal: Terminal): Command {
  const now = new Date();
  const instant = (text: string) => instantOf(text, now);
  return signedCommand('replay', 'decide again what was decided, under another release, and list what flips')
    .argument('[hash]', "the release's hash, or at least its first 8 characters if it was ever applied")
    .option('--dir <dir>', 'governance directory whose release is tried, in place of a hash')
    .option('--var <NAME=value>', 'value for ${NAME} in the files of DIR; repeat for more', collect, {})
    .addOption(
      new Option('--since <when>', 'from when on: 7d, 12h, P7D, 2026-11-24')
        .argParser(instant)
        .default(instant('7d'), '7d'),
    )
    .option('--until <when>', 'before when; now otherwise', instant)
    .addOption(new Option('--fail-on <flips>', 'end with 1 if any').choices(Object.keys(failing)))
    .addHelpText('after', meaning)
    .action(async (hash: string | undefined, options: Options) => {
      const admin = connectAdmin(options, terminal);
      const release = await releaseFor(admin, hash, options);
      const window = { since: options.since, until: options.until ?? now.toISOString() };
      const report = await replayAll(admin, terminal, { release, ...window });
      if (options.json) terminal.print(JSON.stringify({ release, ...window, ...report }));
      else for (const line of describeReplay(report, release, window)) terminal.print(visible(line));
      if (options.failOn) refuse(report, options.failOn);
    });
}

async function releaseFor(admin: Admin, hash: string | undefined, options: Options): Promise<string> {
  if (hash !== undefined && options.dir !== undefined)
    throw new CommandError('give a hash or --dir, not both');
  if (options.dir !== undefined) return admin.storeCandidate(readGovernance(options.dir, options.var));
  if (hash !== undefined) return wholeHash(admin, hash);
  const active = (await admin.releases()).find(({ activatedAt }) => activatedAt !== undefined);
  if (active) return active.release;
  throw new CommandError('no release is in force: give a hash or --dir');
}

function refuse(report: ReplayReport, failOn: keyof typeof failing): void {
  const flips = countOf(report, failing[failOn]);
  const unread = report.unreadable.reduce((sum, { count }) => sum + count, 0);
  if (flips > 0) throw new CommandError(`${flips} decisions would be looser: look at them before you apply`);
  if (unread > 0)
    throw new CommandError(`${unread} records could not be decided again: nothing is known of them`);
}

const ofOne = `
The action's latest decision is made again under the release in force, or under --release, with the facts
recorded then. For its answer under its own release there is autonomy decision explain.
`;

/** `autonomy decision replay ID`. */
export function decisionReplay(terminal: Terminal): Command {
  return signedCommand('replay', 'decide an action again under another release')
    .argument('<id>', "the action's id, act_…")
    .option('--release <hash>', 'the release to decide by; the one in force otherwise')
    .addHelpText('after', ofOne)
    .action(async (id: string, { release, ...options }: SignedOptions & { readonly release?: string }) => {
      const admin = connectAdmin(options, terminal);
      const hash = release === undefined ? undefined : await wholeHash(admin, release);
      const replayed = await admin.replayDecision(id, hash);
      if (options.json) terminal.print(JSON.stringify(replayed));
      else for (const line of describeReplayed(replayed)) terminal.print(visible(line));
    });
}
