import type { Command } from 'commander';
import { readGovernance } from '../governance-files.ts';
import { located } from '../locate-field.ts';
import { connectAdmin } from './connect.ts';
import { describeConflicts } from './describe-conflicts.ts';
import { collect } from './governance-commands.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import type { Terminal } from './terminal.ts';

type Options = SignedOptions & { readonly var: Readonly<Record<string, string>> };

const rulings = `
A conflict's id stands for the texts of its rules. The council rules by a yes (the unit's rule stands: the centre makes
an exception) or a no with its reason (the centre's rule stands). A ruling changes no rule: people do, in the files; and
with another text the conflict is another one, which nobody ruled on.

Example
  $ autonomy conflicts governance
  $ autonomy conflicts ask governance con_1f0c…
`;

/** `autonomy conflicts DIR` and `autonomy conflicts ask DIR ID`. */
export function conflictCommands(terminal: Terminal): Command {
  const list = withFiles('conflicts', 'list rules that contradict each other, with what the council ruled')
    .addHelpText('after', rulings)
    .action(async (directory: string, options: Options) => {
      const body = readGovernance(directory, options.var);
      const planning = connectAdmin(options, terminal).apply(body, { plan: true });
      const { conflicts = { total: 0, list: [] } } = await planning.catch((error: unknown) => {
        throw located(error, directory);
      });
      if (options.json) terminal.print(JSON.stringify(conflicts));
      else if (conflicts.total === 0) terminal.print('No conflicts.');
      else for (const line of describeConflicts(conflicts, Infinity)) terminal.print(visible(line));
    });
  return list.addCommand(askCommand(terminal));
}

/** A manifest's words may stand in an answer: nothing in them steers the terminal. */
const visible = (line: string) => line.replace(/[^\P{C}\t]/gu, '\ufffd');

function askCommand(terminal: Terminal): Command {
  return withFiles('ask', 'ask the council which rule stands')
    .argument('<conflict>', 'its id, as autonomy conflicts prints it')
    .action(async (directory: string, conflict: string, options: Options) => {
      const body = readGovernance(directory, options.var);
      const asking = connectAdmin(options, terminal).askAboutConflict(body, conflict);
      const asked = await asking.catch((error: unknown) => {
        throw located(error, directory);
      });
      const { needs, approval, expiresAt } = asked;
      const line = `${conflict}: waits for ${needs} until ${expiresAt} (${approval}).`;
      terminal.print(options.json ? JSON.stringify(asked) : line);
    });
}

const withFiles = (name: string, description: string) =>
  signedCommand(name, description)
    .argument('<dir>', 'governance directory')
    .option('--var <NAME=value>', 'value for ${NAME} in the files; repeat for more', collect, {});
