import { Command, InvalidArgumentError } from 'commander';
import type { Applied } from '../admin/governance.ts';
import { readGovernance } from '../governance-files.ts';
import { connectAdmin, type ConnectOptions } from './connect.ts';
import type { Terminal } from './terminal.ts';

type Options = ConnectOptions & { readonly var: Readonly<Record<string, string>>; readonly json?: true };

const layout = `
DIR holds coe/ (people, groups, roles, systems, central policies) and units/<unit>/ (the unit, its
agents, tools, workflows and policies): manifests in .yaml, policies in .cedar. Everything is checked as
a whole; when anything is wrong nothing is written. What is no longer in DIR is listed as unmanaged and
stays: retire an agent by its stage.

Example
  $ autonomy plan governance --var ERP_URL=https://erp.example.com
  $ autonomy apply governance --var ERP_URL=https://erp.example.com
`;

/** `autonomy apply DIR` and `autonomy plan DIR`. */
export function governanceCommands(terminal: Terminal): Command[] {
  const apply = command('apply', 'make what is live what DIR says', terminal, false);
  const plan = command('plan', 'show what apply would change; writes nothing', terminal, true);
  return [plan, apply];
}

function command(name: string, description: string, terminal: Terminal, plan: boolean): Command {
  return new Command(name)
    .description(description)
    .argument('<dir>', 'governance directory')
    .option('--var <NAME=value>', 'value for ${NAME} in the files; repeat for more', collect, {})
    .option('--json', 'print the answer as one JSON object')
    .option('--endpoint <url>', "the API's address; AUTONOMY_ENDPOINT otherwise")
    .option('--region <region>', 'region to sign for; AWS_REGION or the endpoint otherwise')
    .addHelpText('after', layout)
    .action(async (directory: string, options: Options) => {
      const body = readGovernance(directory, options.var);
      const applied = await connectAdmin(options, terminal).apply(body, { plan });
      if (options.json) terminal.print(JSON.stringify(applied));
      else for (const line of describe(applied, plan)) terminal.print(line);
    });
}

function collect(text: string, before: Readonly<Record<string, string>>) {
  const match = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text);
  if (!match) throw new InvalidArgumentError('write NAME=value, the name in capitals');
  const [, name = '', value = ''] = match;
  return { ...before, [name]: value };
}

/** What changed (or would), one line each, then one line that sums it up. */
export function describe({ changes, release, unmanaged }: Applied, plan: boolean): string[] {
  const different = changes.filter(({ action }) => action !== 'none');
  const lines = different.map(({ action, noun, id, fields }) => {
    const what = action === 'change' ? `: ${fields.join(', ')}` : '';
    return `${action === 'create' ? '+' : '~'} ${noun} ${id}${what}`;
  });
  const left = unmanaged.map(({ noun, id }) => `? ${noun} ${id} is live and not in the files: unmanaged`);
  const short = release.hash.slice(0, 12);
  const rules = release.action === 'activate' ? [`~ release ${short}`] : [];
  const count = lines.length + rules.length;
  if (count === 0) return [...left, `Nothing to do: ${changes.length} rows and release ${short} are live.`];
  const summed = plan
    ? `${count} to change; run apply to do it.`
    : `${count} changed; release ${short} is live.`;
  return [...lines, ...rules, ...left, summed];
}
