import { Command } from 'commander';
import type { ExplanationView } from '../admin/decisions.ts';
import { connectAdmin } from './connect.ts';
import { type SignedOptions, signedCommand } from './release-commands.ts';
import { decisionReplay } from './replay-commands.ts';
import { type Terminal, visible } from './terminal.ts';

const meaning = `
The action's latest decision is decided again under the release it was made under, with the facts recorded
then: unit, roles, stage and sponsor of the agent, whom it acted for, and the guards people had lifted.
The same answer proves that the record explains the decision; another one is an error of ours: report it.
`;

/** `autonomy decision explain ID` and `autonomy decision replay ID`. */
export function decisionCommands(terminal: Terminal): Command {
  const explain = signedCommand('explain', 'decide an action again and show what its answer came from')
    .argument('<id>', "the action's id, act_…")
    .addHelpText('after', meaning)
    .action(async (id: string, options: SignedOptions) => {
      const explained = await connectAdmin(options, terminal).explain(id);
      if (options.json) terminal.print(JSON.stringify(explained));
      else for (const line of describe(explained)) terminal.print(visible(line));
    });
  return new Command('decision')
    .description('what concerns one decision')
    .addCommand(explain)
    .addCommand(decisionReplay(terminal));
}

function describe(explained: ExplanationView): string[] {
  const { action, agent, tool, status, release, then, now, reproduced, policies, guards, detail } = explained;
  const again = reproduced
    ? 'decided again: the same'
    : `decided again: ${answer(now)}, which is NOT the same`;
  return [
    `${action}: ${agent} asked for ${tool}; it is ${status}`,
    `${answer(then)} under release ${release.slice(0, 12) || '(none)'}; ${again}`,
    detail,
    ...guards.map(({ id, requires }) => `guard ${id}: ${requires.map(people).join(' and ')}`),
    ...policies.flatMap(({ id, title, file, line, text }) => [
      '',
      `${file}:${line}: ${id}${title === id ? '' : ` (${title})`}`,
      ...text.split('\n').map((row) => `  ${row}`),
    ]),
  ];
}

const answer = ({ outcome, reason }: ExplanationView['then']) =>
  reason === undefined ? outcome : `${outcome} (${reason})`;

const people = ({ group, count }: ExplanationView['guards'][number]['requires'][number]) =>
  `${count} of ${group}`;
