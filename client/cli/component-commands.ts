import { type Command, Option } from 'commander';
import { type ComponentKind, componentKinds } from '../../core/policy/component-view.ts';
import { connectAdmin } from './connect.ts';
import { describeComponents } from './describe-components.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import { type Terminal, visible } from './terminal.ts';

const teaching = `
What the company has once and may use often, with whose it is, who answers for it, the hash of what it is, and
who leans on it:
  tool     what agents call: which may, which did and when last, which units it serves, which rules take it in
  step     a capability: the workflows that ask for it, the agents that have it
  system   what tools reach, and by which connectors
  policy   a rule in force, and the tools its scope takes in

Whoever acts for the centre sees all of it. A unit's administrators see what is theirs, what is shared and the
centre's, and of another unit's own things nothing. Lists are cut at ten; name one ID to see all.

Before you write a tool, look whether there is one. To share yours, write shared: true into its manifest; to
make tools, workflows and agents' roles by CDK, see docs/components.md.

Example
  $ autonomy components --kind tool
  $ autonomy components erp.get_budget
  $ autonomy components --unit operations --json
`;

type Options = SignedOptions & { readonly kind?: ComponentKind; readonly unit?: string };

/** `autonomy components`. */
export function componentCommand(terminal: Terminal): Command {
  return signedCommand('components', 'what there is to reuse, whose it is and who uses it')
    .argument('[id]', 'one component, with all that lean on it')
    .addOption(new Option('--kind <kind>', 'one kind alone').choices([...componentKinds]))
    .option('--unit <unit>', 'what belongs to one unit, or to coe')
    .addHelpText('after', teaching)
    .action(async (id: string | undefined, { kind, unit, ...options }: Options) => {
      const query = { ...(kind && { kind }), ...(unit && { unit }), ...(id && { id }) };
      const found = await connectAdmin(options, terminal).components(query);
      if (options.json) terminal.print(JSON.stringify(found));
      else for (const line of describeComponents(found)) terminal.print(visible(line));
    });
}
