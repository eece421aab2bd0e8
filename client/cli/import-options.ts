import { Command } from 'commander';
import { name, toolName } from '../../core/id.ts';
import type { Naming } from '../import/proposal.ts';
import type { Handing } from './hand-over-tools.ts';
import { CommandError, type Terminal } from './terminal.ts';

export type Options = Handing & {
  readonly system: string;
  readonly prefix?: string;
  readonly tokenEnv?: string;
  readonly only: readonly string[];
  readonly publishedAt?: string;
};

export const teaching = `
Operations become tools in one file of manifests. What can be told is proposed: GET reads; PUT and DELETE are keyed;
anything else is at-most-once unless an Idempotency-Key is declared; everything but GET is in group write, DELETE in
destructive too. Whether money moves is asked in a comment and never guessed. What can't be a tool is refused by its
name with the reason, and the rest is imported. Nothing is sent to the API: read the file, keep it in git, plan it.

The tools are unreviewed until the centre confirms each as it is (ToolReview). From an address the definition is
pinned too: when it changes there, the tool is in quarantine until it was imported and reviewed anew.
`;

const examples = {
  openapi: `
Example
  $ autonomy tools import openapi https://erp.example.com/openapi.json --system erp --unit operations --out governance
  $ autonomy tools import openapi erp.yaml --system erp --only "POST /orders"
`,
  mcp: `
What a server hints of its tools (readOnlyHint, destructiveHint, idempotentHint) is proposed and trusted by nobody.

Example
  $ autonomy tools import mcp https://tools.example.com/mcp --system crm --unit sales --out governance
`,
  lambda: `
What a function takes can't be read from here: give its JSON Schema. It becomes one tool, taken for a change that must
not be repeated.

Example
  $ autonomy tools import lambda arn:aws:lambda:eu-central-1:111122223333:function:autonomy-prod-tool-rates \\
      --system treasury --schema rates.schema.json
`,
};

/** A command that imports; what its kind needs besides is added to it. */
export function kindCommand(kind: keyof typeof examples, description: string): Command {
  return new Command(kind)
    .description(description)
    .requiredOption('--system <id>', 'the System the tools belong to')
    .option('--prefix <word>', "what the tools' names begin with; the system's id otherwise")
    .option('--unit <id>', 'whose tools they are: units/<id>/ of DIR')
    .option('--out <dir>', 'governance directory to write to; - prints the file', '-')
    .option('--overwrite', 'write over the file of an earlier import')
    .option(
      '--only <text>',
      'import only what is called so, in part; repeat for more',
      (text, before: string[]) => [...before, text],
      [],
    )
    .option('--json', 'print the answer as one JSON object')
    .addHelpText('after', `${teaching}${examples[kind]}`);
}

export const tokenOption = [
  '--token-env <NAME>',
  'environment variable with a bearer token to read it with',
] as const;

/** How the tools are called; throws `CommandError` for what no manifest would take. */
export function namingOf({ system, prefix = system, unit }: Options, url?: string): Naming {
  if (!name.safeParse(system).success)
    throw new CommandError(`--system ${system}: lower-case letters, digits and dashes`);
  if (unit !== undefined && !name.safeParse(unit).success)
    throw new CommandError(`--unit ${unit}: lower-case letters, digits and dashes`);
  if (!toolName.safeParse(prefix).success || /^autonomy(\.|$)/i.test(prefix))
    throw new CommandError(
      `--prefix ${prefix}: letters, digits, dashes and dots, and not the system's own autonomy.…`,
    );
  return { system, prefix, url };
}

export function tokenOf({ tokenEnv }: Options, { env }: Terminal): string | undefined {
  if (tokenEnv === undefined) return undefined;
  const token = env[tokenEnv];
  if (!token) throw new CommandError(`--token-env ${tokenEnv}: there is no such environment variable`);
  return token;
}
