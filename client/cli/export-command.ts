import type { Command } from 'commander';
import { isOccupied, writeGovernance } from '../write-governance.ts';
import { connectAdmin } from './connect.ts';
import { type SignedOptions, signedCommand } from './release-commands.ts';
import { CommandError, type Terminal } from './terminal.ts';

type Options = SignedOptions & { readonly force?: true };

const meaning = `
Writes coe/ and units/<unit>/ so that a plan of DIR finds nothing to do: to begin with governance as code
where it was not, or to see what is live beside what is in git. With --force files of the same name are
overwritten and others stay, which may then say a thing twice. With --json nothing is written.

Example
  $ autonomy export live
  $ autonomy plan live
`;

/** `autonomy export [DIR]`. */
export function exportCommand(terminal: Terminal): Command {
  return signedCommand('export', 'write what is live as a governance directory')
    .argument('[dir]', 'where to; must be empty or not there', 'governance')
    .option('--force', 'write into a directory that holds something')
    .addHelpText('after', meaning)
    .action(async (directory: string, options: Options) => {
      if (!options.json && !options.force && isOccupied(directory)) {
        throw new CommandError(`${directory} is not empty: name another directory, or pass --force`);
      }
      const { notes, ...body } = await connectAdmin(options, terminal).exportGovernance();
      if (options.json) return terminal.print(JSON.stringify({ ...body, notes }));
      const count = writeGovernance(directory, body);
      for (const note of notes) terminal.complain(`! ${note}`);
      terminal.print(
        `${count} files in ${directory}: ${body.manifests.length} manifests, ${body.policies.length} policies, ${body.tests.length} cases.`,
      );
    });
}
