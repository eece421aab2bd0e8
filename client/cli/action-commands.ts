import { Command, Option } from 'commander';
import type { UnknownAction } from '../admin/unknown-actions.ts';
import { connectAdmin } from './connect.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import { type Terminal, visible } from './terminal.ts';

const inDoubt = `
A tool that is at-most-once is never called twice by itself. When its answer is lost, nobody here knows whether
it took effect: the action is unknown, and what it took of budgets stays taken. Look in the system itself, by
the action's id or its input, and say what you found.

Example
  $ autonomy actions unknown
  $ autonomy actions settle act_0123456789abcdef --effect no --reason "the bank has no such transfer"
`;

/** `autonomy actions unknown` and `settle ID`. */
export function actionCommands(terminal: Terminal): Command {
  const unknown = signedCommand('unknown', 'list actions of which nobody knows whether they took effect')
    .addHelpText('after', inDoubt)
    .action(async (options: SignedOptions) => {
      const found = await connectAdmin(options, terminal).unknownActions();
      if (options.json) return terminal.print(JSON.stringify(found));
      for (const each of found.actions) terminal.print(visible(line(each)));
      if (found.actions.length === 0) terminal.print('No action is in doubt.');
      if (found.more) terminal.print('There are more: these are the longest in doubt.');
    });
  const settle = signedCommand('settle', 'say what became of an action in doubt')
    .argument('<id>', "the action's id, act_…")
    .addOption(
      new Option('--effect <yes|no>', 'whether it took effect').choices(['yes', 'no']).makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'how you know; the audit log is told')
    .addHelpText('after', inDoubt)
    .action(
      async (id: string, options: SignedOptions & { readonly effect: string; readonly reason: string }) => {
        const found = { effect: options.effect === 'yes', reason: options.reason };
        const settled = await connectAdmin(options, terminal).settleAction(id, found);
        terminal.print(options.json ? JSON.stringify(settled) : `${id} is settled: ${settled.status}.`);
      },
    );
  return new Command('actions')
    .description('actions whose answer was lost: find them, and say what became of them')
    .addCommand(unknown)
    .addCommand(settle);
}

const line = ({ id, tool, agent, unit, since, purpose, detail }: UnknownAction) =>
  `${id} ${tool} by ${agent} (${unit}), in doubt since ${since}: ${purpose} (${detail})`;
