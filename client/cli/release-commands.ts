import { Command } from 'commander';
import type { Admin } from '../admin.ts';
import type { ReleaseView, RolledBack } from '../admin/releases.ts';
import { connectAdmin, type ConnectOptions } from './connect.ts';
import { CommandError, type Terminal } from './terminal.ts';

export type SignedOptions = ConnectOptions & { readonly json?: true };

/** A command that asks the API, signed, and may answer in JSON. */
export function signedCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print the answer as one JSON object')
    .option('--endpoint <url>', "the API's address; AUTONOMY_ENDPOINT otherwise")
    .option('--region <region>', 'region to sign for; AWS_REGION or the endpoint otherwise');
}

const consequences = `
A rollback moves one pointer: the very next decision is made under that release, and the audit log names
who did it. It brings back policies, tools, systems, units and roles; agents, people, groups and workflows
stay as they are. The next apply of the directory makes the directory's release active again, so revert
the change in git as well.

Example
  $ autonomy releases
  $ autonomy rollback a72f9a9cf912
`;

/** `autonomy releases` and `autonomy rollback HASH`. */
export function releaseCommands(terminal: Terminal): Command[] {
  const releases = signedCommand('releases', 'list the releases stored so far, the newest first').action(
    async (options: SignedOptions) => {
      const list = await connectAdmin(options, terminal).releases();
      if (options.json) terminal.print(JSON.stringify({ releases: list }));
      else for (const line of describe(list)) terminal.print(line);
    },
  );
  const rollback = signedCommand('rollback', 'put an earlier release in force again')
    .argument('<hash>', "the release's hash, or at least its first 8 characters")
    .addHelpText('after', consequences)
    .action(async (hash: string, options: SignedOptions) => {
      const admin = connectAdmin(options, terminal);
      const done = await admin.rollback(await wholeHash(admin, hash));
      terminal.print(options.json ? JSON.stringify(done) : outcome(done));
    });
  return [releases, rollback];
}

const short = (hash: string) => hash.slice(0, 12);

function describe(list: readonly ReleaseView[]): string[] {
  if (list.length === 0) return ['No release yet: apply a governance directory.'];
  return list.map(({ release, publishedAt, policies, tools, activatedAt }) => {
    const inForce = activatedAt === undefined ? '' : `, in force since ${activatedAt}`;
    return `${activatedAt === undefined ? ' ' : '*'} ${short(release)} ${publishedAt} ${policies} policies, ${tools} tools${inForce}`;
  });
}

function outcome({ release, before, action }: RolledBack): string {
  if (action === 'none') return `Nothing to do: release ${short(release)} is in force.`;
  return `Release ${short(release)} is in force${before === null ? '' : ` in place of ${short(before)}`}.`;
}

const WHOLE = 64;
const LEAST = 8;

/** The one listed release that begins so; a whole hash stands for itself. */
export async function wholeHash(admin: Pick<Admin, 'releases'>, text: string): Promise<string> {
  if (!/^[0-9a-f]+$/.test(text) || text.length < LEAST || text.length > WHOLE) {
    throw new CommandError(`${text} is no release: give at least ${LEAST} characters of its hash (0-9, a-f)`);
  }
  if (text.length === WHOLE) return text;
  const found = (await admin.releases()).filter(({ release }) => release.startsWith(text));
  const [first, ...others] = found;
  if (first === undefined) throw new CommandError(`no release begins with ${text}: see autonomy releases`);
  if (others.length === 0) return first.release;
  throw new CommandError(
    `${found.length} releases begin with ${text}: give more of`,
    ...found.map(({ release }) => release),
  );
}
