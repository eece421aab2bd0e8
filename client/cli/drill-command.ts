import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import * as z from 'zod';
import type { Admin } from '../admin.ts';
import { createAgent } from '../agent.ts';
import type { AgentKey } from '../token.ts';
import { connectAdmin, endpointOf } from './connect.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import { CommandError, type Terminal } from './terminal.ts';

const teaching = `
Proves the kill switch on a canary: an agent of no importance with one harmless tool. The canary acts,
the switch is engaged on it alone, it acts again with the token it already has and must be blocked; then
the switch is restored and the result stands in the audit log. Exits with 1 when the canary got through.

Example
  $ autonomy drill agt_canary --key agt_canary.jwk.json --tool erp.get_budget --input '{"unit":"operations"}'
`;

type Options = SignedOptions & { readonly key: string; readonly tool: string; readonly input: string };

type Found = {
  readonly blocked: boolean;
  readonly secondsToContain: number;
  readonly secondsToBlock: number;
};

/** `autonomy drill AGENT`. */
export function drillCommand(terminal: Terminal): Command {
  return signedCommand('drill', 'prove the kill switch on a canary agent and record the result')
    .argument('<agent>', "the canary's id")
    .requiredOption('--key <file>', "the canary's private key")
    .requiredOption('--tool <name>', 'a tool it may use without harm')
    .option('--input <json>', 'what it calls the tool with', '{}')
    .addHelpText('after', teaching)
    .action(async (id: string, options: Options) => {
      const act = canary(endpointOf(options, terminal), id, options);
      const refused = await act();
      if (refused !== undefined)
        throw new CommandError(
          `${id} may not use ${options.tool} (${refused}): the drill would prove nothing`,
        );
      const found = await drill(connectAdmin(options, terminal), id, act);
      terminal.print(options.json ? JSON.stringify(found) : describe(id, found));
      if (!found.blocked)
        throw new CommandError('The kill switch did not stop the canary: treat it as an incident.');
    });
}

/** One call of the canary; gives the code of a refusal. */
function canary(
  endpoint: string,
  id: string,
  { key, tool, input }: Options,
): () => Promise<string | undefined> {
  const agent = createAgent({ endpoint, id, key: readKey(key) });
  const asked = {
    tool,
    input: JSON.parse(input) as Record<string, unknown>,
    purpose: 'A drill of the kill switch',
  };
  return async () => {
    const { status, problem } = await agent.act({ ...asked, idempotencyKey: `drill.${crypto.randomUUID()}` });
    return status === 'denied' ? (problem?.code ?? status) : undefined;
  };
}

function readKey(file: string): AgentKey {
  try {
    return z.looseObject({ kty: z.string(), kid: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new CommandError(`${file} holds no private key: \`autonomy agent keys\` makes one`);
  }
}

async function drill(admin: Admin, id: string, act: () => Promise<string | undefined>): Promise<Found> {
  const scope = `agent:${id}`;
  const begun = performance.now();
  const { secondsToContain = 0 } = await admin.stop({ scope, reason: 'drill', drill: true });
  let blocked = false;
  let secondsToBlock = 0;
  try {
    blocked = (await act()) === 'blocked';
    secondsToBlock = Math.round(performance.now() - begun) / 1000;
  } finally {
    await admin.restore({ scope, reason: 'drill', found: { blocked, secondsToContain, secondsToBlock } });
  }
  return { blocked, secondsToContain, secondsToBlock };
}

function describe(id: string, { blocked, secondsToContain, secondsToBlock }: Found): string {
  if (!blocked) return `${id} acted although it was stopped.`;
  return `${id} was blocked: contained in ${secondsToContain} s, refused ${secondsToBlock} s after the command.`;
}
