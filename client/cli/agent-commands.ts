import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { agentId } from '../../core/id.ts';
import { makeAgentKeys } from '../agent-keys.ts';
import { agentViewCommands, revokeCommands } from './agent-view-commands.ts';
import { CommandError, type Terminal } from './terminal.ts';

const teaching = `
The private key is written to a file only you can read; it never leaves this machine and is nowhere
else. Give it to the agent by your own secret store. The public key printed goes into the agent's
manifest under keys; apply, and the agent can sign in. To rotate: add the new key, give the old one a
notAfter, apply, switch the agent within that time. A key that leaked: autonomy agent revoke-key.
`;

/** `autonomy agent`: keys, list, show, stale, revoke-key, revoke-tokens. */
export function agentCommands(terminal: Terminal): Command {
  const keys = new Command('keys')
    .description('make a key pair for an agent')
    .argument('<id>', "the agent's id, like agt_procurement_act")
    .option('--out <file>', 'where the private key goes; ID.jwk.json otherwise')
    .addHelpText('after', teaching)
    .action(async (id: string, { out }: { readonly out?: string }) => {
      if (!agentId.safeParse(id).success) {
        throw new CommandError(
          `${id} is no agent id: write agt_ and lower-case words, like agt_procurement_act`,
        );
      }
      const { privateJwk, publicJwk } = await makeAgentKeys();
      const file = out ?? `${id}.jwk.json`;
      await keepPrivate(file, privateJwk);
      terminal.complain(`The private key is in ${file}. The public key, for keys in the manifest of ${id}:`);
      terminal.print(JSON.stringify(publicJwk));
    });
  const agent = new Command('agent').description('what concerns agents').addCommand(keys);
  const signed = [...agentViewCommands(terminal), ...revokeCommands(terminal)];
  for (const command of signed) agent.addCommand(command);
  return agent;
}

/** Readable by its owner alone, and never over an existing key: that would lock the agent out. */
async function keepPrivate(file: string, jwk: object): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(jwk)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw new CommandError(`${file} exists: move it away or pass --out`);
    if (code === 'ENOENT') throw new CommandError(`${file}: make its folder first`);
    throw error;
  }
}
