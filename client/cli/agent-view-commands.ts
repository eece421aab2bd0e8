import { type Command, InvalidArgumentError } from 'commander';
import type { AgentView } from '../admin/agents.ts';
import { connectAdmin } from './connect.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import { CommandError, type Terminal } from './terminal.ts';

type Days = SignedOptions & { readonly days: number };

const whatStale = `
unused: no action started in so many days. orphaned: nobody living answers for it. never-recertified: its
certification has no end. over-privileged: a tool it may use and did not, with the policy that permits it.
Retired agents are left out.
`;

/** `autonomy agent list`, `show ID` and `stale`. */
export function agentViewCommands(terminal: Terminal): Command[] {
  const list = signedCommand('list', 'list every agent').action(async (options: SignedOptions) => {
    const agents = await connectAdmin(options, terminal).agents();
    if (options.json) terminal.print(JSON.stringify({ agents }));
    else for (const agent of agents) terminal.print(line(agent));
  });
  const show = signedCommand('show', 'show one agent: release, keys, sponsor, certification')
    .argument('<id>', "the agent's id")
    .action(async (id: string, options: SignedOptions) => {
      const agent = await connectAdmin(options, terminal).agent(id);
      if (options.json) terminal.print(JSON.stringify(agent));
      else for (const each of describe(agent)) terminal.print(each);
    });
  const stale = signedCommand('stale', 'list the agents that should be looked at, and why')
    .option('--days <n>', 'days without an action after which one is unused', wholeDays, 90)
    .addHelpText('after', whatStale)
    .action(async (options: Days) => {
      const agents = await connectAdmin(options, terminal).agents(options.days);
      const found = agents.filter((agent) => agent.stale.length > 0);
      if (options.json) terminal.print(JSON.stringify({ agents: found }));
      else for (const each of reasons(found, agents.length)) terminal.print(each);
    });
  return [list, show, stale];
}

const whatDies = `
What was issued dies at once: the agent's very next request is refused. A key stays revoked though its
manifest lists it: make another with autonomy agent keys. Revoked tokens are replaced by asking anew, so they
stop nobody who still has a good key.

Example
  $ autonomy agent revoke-key agt_procurement_act act-1
  $ autonomy agent revoke-tokens --all
`;

/** `autonomy agent revoke-key ID KID` and `revoke-tokens ID | --all`. */
export function revokeCommands(terminal: Terminal): Command[] {
  const key = signedCommand('revoke-key', 'end a key and every token it was given, at once and for good')
    .argument('<id>', "the agent's id")
    .argument('<kid>', "the key's name, its kid")
    .addHelpText('after', whatDies)
    .action(async (id: string, kid: string, options: SignedOptions) => {
      await connectAdmin(options, terminal).revokeKey(id, kid);
      const done = { agent: id, kid, revoked: true };
      terminal.print(
        options.json ? JSON.stringify(done) : `Key ${kid} of ${id} is good for nothing any more.`,
      );
    });
  const tokens = signedCommand('revoke-tokens', 'end the tokens issued so far, of one agent or of all')
    .argument('[id]', "the agent's id")
    .option('--all', 'those of every agent')
    .addHelpText('after', whatDies)
    .action(async (id: string | undefined, options: SignedOptions & { readonly all?: true }) => {
      if ((id === undefined) !== (options.all === true))
        throw new CommandError('name one agent, or pass --all');
      const notBefore = await connectAdmin(options, terminal).revokeTokens(id);
      const whose = id === undefined ? 'Every token' : `Every token of ${id}`;
      terminal.print(
        options.json ? JSON.stringify({ notBefore }) : `${whose} issued before ${notBefore} is refused.`,
      );
    });
  return [key, tokens];
}

function wholeDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('write a whole number of days, 1 to 3650');
}

const line = ({ id, unit, stage, suspendedFor, sponsor, release }: AgentView) =>
  `${id} ${unit} ${suspendedFor ? `${stage} (${suspendedFor})` : stage}, sponsor ${sponsor}, release ${release?.version ?? 'unnamed'}`;

function describe(agent: AgentView): string[] {
  const { release, productionRelease, recertifyBy, tokensNotBefore } = agent;
  const made = release
    ? `${release.version}, model ${release.model}, prompt ${release.promptHash}`
    : 'unnamed';
  return [
    line(agent),
    `purpose        ${agent.purpose}`,
    `roles          ${agent.roles.join(', ') || 'none'}`,
    `capabilities   ${agent.capabilities.join(', ') || 'none'}`,
    `release        ${made}`,
    ...(productionRelease ? [`in production  last with ${productionRelease.version}`] : []),
    `recertify by   ${recertifyBy ?? 'never'}`,
    `last active    ${agent.day}, ${agent.actionsThatDay} actions that day`,
    ...(tokensNotBefore === undefined ? [] : [`tokens         those before ${tokensNotBefore} are refused`]),
    ...agent.keys.map((key) => `key            ${keyLine(key)}`),
    ...agent.stale.map(({ reason, detail }) => `! ${reason}: ${detail}`),
  ];
}

function keyLine({ kid, notAfter, revokedAt }: AgentView['keys'][number]): string {
  if (revokedAt !== undefined) return `${kid}, revoked ${revokedAt}`;
  return notAfter === undefined ? kid : `${kid}, good until ${notAfter}`;
}

function reasons(found: readonly AgentView[], all: number): string[] {
  if (found.length === 0) return [`Nothing stale among ${all} agents.`];
  return found.flatMap(({ id, stale }) => stale.map(({ reason, detail }) => `${id} ${reason}: ${detail}`));
}
