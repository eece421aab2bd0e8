import type { Command } from 'commander';
import * as z from 'zod';
import type { Admin } from '../admin.ts';
import { readGovernance } from '../governance-files.ts';
import { connectAdmin } from './connect.ts';
import { collect } from './governance-commands.ts';
import { signedCommand, type SignedOptions, wholeHash } from './release-commands.ts';
import { CommandError, type Terminal } from './terminal.ts';

const teaching = `
A release in the shadow decides every request at the door beside the one in force and has no effect: agents
and approvers notice nothing. Where it would decide otherwise, the action's event says so. Without HASH or
--dir this lists what differed since it was put there. It doubles the time rules take.

Example
  $ autonomy shadow --dir governance
  $ autonomy shadow
  $ autonomy shadow --off
`;

type Options = SignedOptions & {
  readonly dir?: string;
  readonly var: Readonly<Record<string, string>>;
  readonly off?: true;
};

/** `autonomy shadow [HASH]`. */
export function shadowCommand(terminal: Terminal): Command {
  return signedCommand('shadow', 'let a release decide beside the one in force, without effect')
    .argument('[hash]', "the release's hash, or at least its first 8 characters if it was ever applied")
    .option('--dir <dir>', 'governance directory whose release is put there, in place of a hash')
    .option('--var <NAME=value>', 'value for ${NAME} in the files of DIR; repeat for more', collect, {})
    .option('--off', 'take it out again')
    .addHelpText('after', teaching)
    .action(async (hash: string | undefined, options: Options) => {
      const admin = connectAdmin(options, terminal);
      const chosen = await choose(admin, hash, options);
      if (chosen !== undefined) await admin.setShadow(chosen);
      const report = await differences(admin);
      if (options.json) terminal.print(JSON.stringify(report));
      else for (const line of describe(report)) terminal.print(line);
    });
}

async function choose(
  admin: Admin,
  hash: string | undefined,
  { dir, off, var: variables }: Options,
): Promise<string | null | undefined> {
  if ([hash, dir, off].filter((each) => each !== undefined).length > 1) {
    throw new CommandError('give one of HASH, --dir and --off');
  }
  if (off) return null;
  if (dir !== undefined) return admin.storeCandidate(readGovernance(dir, variables));
  return hash === undefined ? undefined : wholeHash(admin, hash);
}

const differing = z.object({
  subject: z.string(),
  at: z.string(),
  agent: z.string(),
  tool: z.string(),
  data: z.object({
    decided: z.object({
      outcome: z.string(),
      shadow: z.object({ release: z.string(), kind: z.string(), policies: z.array(z.string()) }),
    }),
  }),
});

type Difference = { readonly kind: string; readonly count: number; readonly examples: readonly string[] };
type Report = {
  readonly release: string | null;
  readonly since?: string | undefined;
  readonly differences: readonly Difference[];
};

const EXAMPLES = 5;

/** Reads the audit log for what differed since the release was put in the shadow. */
async function differences(admin: Admin): Promise<Report> {
  const { release, since = '' } = await admin.shadow();
  const found = new Map<string, { count: number; examples: string[] }>();
  if (release !== null) {
    for await (const event of admin.auditEvents()) {
      const { success, data } = differing.safeParse(event);
      if (!success || data.data.decided.shadow.release !== release || data.at < since) continue;
      const { kind, policies } = data.data.decided.shadow;
      const known = found.get(kind) ?? { count: 0, examples: [] };
      const action = data.subject.replace('ACTION#', '');
      const why = policies.length > 0 ? ` by ${policies.join(', ')}` : '';
      if (known.examples.length < EXAMPLES) known.examples.push(`${action} ${data.agent} ${data.tool}${why}`);
      found.set(kind, { ...known, count: known.count + 1 });
    }
  }
  const kinds = [...found].map(([kind, each]) => ({ kind, ...each }));
  return { release, ...(since && { since }), differences: kinds };
}

function describe({ release, since, differences: kinds }: Report): string[] {
  if (release === null) return ['No release is in the shadow.'];
  const short = release.slice(0, 12);
  if (kinds.length === 0)
    return [`Release ${short}, in the shadow since ${since ?? ''}, differed in nothing yet.`];
  return [
    `Release ${short}, in the shadow since ${since ?? ''}, would have decided otherwise:`,
    ...kinds.flatMap(({ kind, count, examples }) => [
      `  ${kind}: ${count}`,
      ...examples.map((example) => `    ${example}`),
    ]),
  ];
}
