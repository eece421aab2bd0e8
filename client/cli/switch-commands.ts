import type { Command } from 'commander';
import type { RestoredView, SwitchView } from '../admin/switches.ts';
import { connectAdmin } from './connect.ts';
import { drillCommand } from './drill-command.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import type { Terminal } from './terminal.ts';

const scopes = `
SCOPE is everything, unit:ID, role:ID, agent:ID, tool:NAME or workflow:ID.

From the moment it is engaged every decision reads it: what it covers is denied as blocked, what people
approved but nobody started ends denied, agents lose their tasks at the next heartbeat and get no token.
It is contained when the gate of every agent in scope is turned, so that not even a request that was
decided a moment before can start. Calls already made to a system are not undone.

Example
  $ autonomy stop agent:agt_procurement_act --reason "orders the wrong vendor"
  $ autonomy switches
  $ autonomy restore agent:agt_procurement_act --reason "release 1.4.1 is out"
`;

type Reasoned = SignedOptions & { readonly reason: string };

/** `autonomy stop SCOPE`, `autonomy restore SCOPE`, `autonomy switches` and `autonomy drill AGENT`. */
export function switchCommands(terminal: Terminal): Command[] {
  const stop = reasoned('stop', 'engage a kill switch; comes back when it is contained')
    .addHelpText('after', scopes)
    .action(async (scope: string, { reason, ...options }: Reasoned) => {
      const stopped = await connectAdmin(options, terminal).stop({ scope, reason });
      terminal.print(options.json ? JSON.stringify(stopped) : describe(stopped));
    });
  const restore = reasoned('restore', 'take a kill switch back; it takes two people')
    .addHelpText('after', scopes)
    .action(async (scope: string, { reason, ...options }: Reasoned) => {
      const restored = await connectAdmin(options, terminal).restore({ scope, reason });
      terminal.print(options.json ? JSON.stringify(restored) : outcome(restored));
    });
  const list = signedCommand('switches', 'list what is stopped now').action(
    async (options: SignedOptions) => {
      const switches = await connectAdmin(options, terminal).switches();
      if (options.json) return terminal.print(JSON.stringify({ switches }));
      for (const each of switches) terminal.print(describe(each));
      if (switches.length === 0) terminal.print('Nothing is stopped.');
    },
  );
  return [stop, restore, list, drillCommand(terminal)];
}

function reasoned(name: string, description: string): Command {
  return signedCommand(name, description)
    .argument('<scope>', 'what it covers')
    .requiredOption('--reason <text>', 'why; agents and the audit log are told');
}

/** One switch on one line: what is stopped, since when, by whom, and whether it holds. */
export function describe({ scope, engagedAt, engagedBy, reason, ...engaged }: SwitchView): string {
  const { agents, secondsToContain: seconds, restore, drill } = engaged;
  const held = seconds === undefined ? 'not contained yet' : `contained in ${seconds} s`;
  const reached = agents === undefined ? '' : `, ${agents} ${agents === 1 ? 'agent' : 'agents'} reached`;
  const nobody = agents === 0 ? ' (nobody: check the scope)' : '';
  const waits = restore ? `; ${restore.by.id} wants it restored, another person has to agree` : '';
  const what = drill === true ? 'drill: ' : '';
  return `${what}${scope} stopped since ${engagedAt} by ${engagedBy.id}: ${reason}; ${held}${reached}${nobody}${waits}`;
}

function outcome({ scope, restored }: RestoredView): string {
  if (restored) return `${scope} is restored: agents may act again.`;
  return `Recorded. ${scope} stays stopped until another person runs the same command.`;
}
