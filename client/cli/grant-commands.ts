import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { parse } from 'yaml';
import type { AskedGrant, GrantRequest, GrantView } from '../admin/grants.ts';
import { connectAdmin } from './connect.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import { CommandError, type Terminal } from './terminal.ts';

const example = `
FILE is YAML or JSON:

  guard: operations-orders-over-1k
  agent: agt_procurement_act
  tool: erp.create_purchase_order
  limits:
    vendor: { oneOf: [Northwind, Contoso] }
    total: { max: "2000.00" }
  count: 20
  money: { total: "20000.00", currency: USD }
  until: "2026-12-31T00:00:00Z"
  reason: restocks before the end of the year

Those who may lift the guard are asked, just as for an action it holds. Once they agreed, actions within the
limits start at once, each counted; any other still waits for people. At most 90 days and 10000 uses.
`;

/** `autonomy grant request FILE`, `autonomy grant list` and `autonomy grant revoke ID`. */
export function grantCommand(terminal: Terminal): Command {
  const request = signedCommand('request', 'ask for a standing grant')
    .argument('<file>', 'the grant, as YAML or JSON')
    .addHelpText('after', example)
    .action(async (file: string, options: SignedOptions) => {
      const asked = await connectAdmin(options, terminal).requestGrant(readGrant(file));
      terminal.print(options.json ? JSON.stringify(asked) : told(asked));
    });
  const list = signedCommand('list', 'list the standing grants and what is left of them').action(
    async (options: SignedOptions) => {
      const grants = await connectAdmin(options, terminal).grants();
      if (options.json) return terminal.print(JSON.stringify({ grants }));
      for (const each of grants) terminal.print(describe(each));
      if (grants.length === 0) terminal.print('There is no standing grant.');
    },
  );
  const revoke = signedCommand('revoke', 'end a standing grant at once')
    .argument('<id>', "the grant's id, grt_…")
    .requiredOption('--reason <text>', 'why; the audit log is told')
    .action(async (id: string, { reason, ...options }: SignedOptions & { readonly reason: string }) => {
      const revoked = await connectAdmin(options, terminal).revokeGrant(id, reason);
      terminal.print(options.json ? JSON.stringify(revoked) : `${id} is revoked: people are asked again.`);
    });
  const command = new Command('grant').description('actions that people allow beforehand, within limits');
  for (const each of [request, list, revoke]) command.addCommand(each);
  return command;
}

/** The server checks it field by field; here it only has to be readable. */
function readGrant(file: string): GrantRequest {
  try {
    return parse(readFileSync(file, 'utf8'), { schema: 'core' }) as GrantRequest;
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : 'is no YAML'}`);
  }
}

const told = ({ action, approval, expiresAt }: AskedGrant) =>
  `Asked as ${action} (${approval}): it stands once people agree, until ${expiresAt} at the latest.`;

/** One grant on one line: for whom, what is left, until when, whose word it is. */
function describe({ id, agent, tool, guard, state, used, count, money, ...grant }: GrantView): string {
  const spent = money ? `, ${money.spent} of ${money.total} ${money.currency}` : '';
  const word = grant.approvedBy.join(', ');
  return `${id} ${state}: ${agent} ${tool} past ${guard}, ${used} of ${count} uses${spent}, until ${grant.until}, by ${word}: ${grant.reason}`;
}
