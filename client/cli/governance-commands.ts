import { Command, InvalidArgumentError } from 'commander';
import { located } from '../locate-field.ts';
import { readGovernance } from '../governance-files.ts';
import { connectAdmin, type ConnectOptions } from './connect.ts';
import { describe } from './describe-changes.ts';
import { replayPlan } from './replay-plan.ts';
import type { Terminal } from './terminal.ts';

type Options = ConnectOptions & {
  readonly var: Readonly<Record<string, string>>;
  readonly prune?: true;
  readonly replay?: string;
  readonly json?: true;
};

const layout = `
DIR holds coe/ (people, groups, roles, systems, central policies) and units/<unit>/ (the unit, its
agents, tools, workflows and policies): manifests in .yaml, policies in .cedar. Everything is checked as
a whole; when anything is wrong nothing is written. A change is shown field by field, the rules one by one.
What is no longer in DIR is listed as unmanaged and stays; with --prune it leaves use: agents are retired,
people have left, groups, workflows and units are withdrawn, each with its event. Nothing is deleted.

Example
  $ autonomy plan governance --var ERP_URL=https://erp.example.com
  $ autonomy apply governance --var ERP_URL=https://erp.example.com
`;

/** `autonomy apply DIR` and `autonomy plan DIR`. */
export function governanceCommands(terminal: Terminal): Command[] {
  const apply = command('apply', 'make what is live what DIR says', terminal, false);
  const plan = command('plan', 'show what apply would change; writes nothing', terminal, true).option(
    '--replay <when>',
    'also decide again what was decided since (7d, P7D, a date) and list what would flip',
  );
  return [plan, apply];
}

function command(name: string, description: string, terminal: Terminal, plan: boolean): Command {
  return new Command(name)
    .description(description)
    .argument('<dir>', 'governance directory')
    .option('--var <NAME=value>', 'value for ${NAME} in the files; repeat for more', collect, {})
    .option('--prune', 'take out of use what is live and not in DIR')
    .option('--json', 'print the answer as one JSON object')
    .option('--endpoint <url>', "the API's address; AUTONOMY_ENDPOINT otherwise")
    .option('--region <region>', 'region to sign for; AWS_REGION or the endpoint otherwise')
    .addHelpText('after', layout)
    .action(async (directory: string, options: Options) => {
      const body = readGovernance(directory, options.var);
      const onProgress = (rows: number) => terminal.complain(`… ${rows} rows to go`);
      const prune = options.prune ?? false;
      const admin = connectAdmin(options, terminal);
      const whole = admin.apply(body, { plan, prune, onProgress });
      const applied = await whole.catch((error: unknown) => {
        throw located(error, directory);
      });
      const since = options.replay;
      const replayed = since === undefined ? undefined : await replayPlan(admin, terminal, { body, since });
      if (options.json) terminal.print(JSON.stringify({ ...applied, replay: replayed?.replay }));
      else for (const line of [...describe(applied, plan), ...(replayed?.lines ?? [])]) terminal.print(line);
    });
}

/** Adds one `NAME=value` to those before. */
export function collect(text: string, before: Readonly<Record<string, string>>) {
  const match = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text);
  if (!match) throw new InvalidArgumentError('write NAME=value, the name in capitals');
  const [, name = '', value = ''] = match;
  return { ...before, [name]: value };
}
