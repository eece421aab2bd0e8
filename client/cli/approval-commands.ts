import { Command } from 'commander';
import type { ApprovalView } from '../admin/approvals.ts';
import { approvalReportCommand } from './approval-report-command.ts';
import { connectAdmin } from './connect.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import { type Terminal, visible } from './terminal.ts';

const whoDecides = `
Held actions wait for people whom a guard names. These commands look and decide nothing: approvers decide by
the link in their mail, in chat or in their inbox, which is at <endpoint>/inbox. What nobody decides in time
expires and is not carried out. "not reached" means that a mail came back: others must decide, or somebody
mends the address.

Example
  $ autonomy approvals list
  $ autonomy approvals show apr_0123456789abcdef
`;

/** `autonomy approvals list` and `show ID`. */
export function approvalCommands(terminal: Terminal): Command {
  const list = signedCommand('list', 'list what waits for people, the most urgent first')
    .addHelpText('after', whoDecides)
    .action(async (options: SignedOptions) => {
      const found = await connectAdmin(options, terminal).pendingApprovals();
      if (options.json) terminal.print(JSON.stringify(found));
      else for (const each of listed(found.approvals, found.more)) terminal.print(visible(each));
    });
  const show = signedCommand('show', 'show one: who is asked, who was reached, who said what')
    .argument('<id>', "the approval's id, apr_…")
    .addHelpText('after', whoDecides)
    .action(async (id: string, options: SignedOptions) => {
      const approval = await connectAdmin(options, terminal).approval(id);
      if (options.json) terminal.print(JSON.stringify(approval));
      else for (const each of describe(approval)) terminal.print(visible(each));
    });
  return new Command('approvals')
    .description('what waits for people, and what they decided')
    .addCommand(list)
    .addCommand(show)
    .addCommand(approvalReportCommand(terminal));
}

function listed(approvals: readonly ApprovalView[], more: boolean): string[] {
  if (approvals.length === 0) return ['Nothing waits for people.'];
  const rest = 'More is held than was looked through: these are among the oldest.';
  return [...approvals.map(line), ...(more ? [rest] : [])];
}

const line = ({ id, tool, agent, unit, severity, expiresAt, asked, votes }: ApprovalView) =>
  `${id} ${tool} by ${agent} (${unit}), ${severity}, until ${expiresAt}: ${asked.length} asked, ${votes.length} voted`;

function describe(approval: ApprovalView): string[] {
  const { action, status, openedAt, guards, asked, votes, questions } = approval;
  return [
    line(approval),
    `action    ${action}`,
    `status    ${status}, opened ${openedAt}`,
    ...guards.map((guard) => `guard     ${guard.id}: ${guard.title}; ${neededBy(guard)}`),
    ...asked.map(({ person, reached }) => `asked     ${person}${reached ? '' : ', not reached'}`),
    ...votes.map((vote) => `voted     ${voteLine(vote)}`),
    ...questions.map(({ person, text }) => `question  ${person}: ${text}`),
  ];
}

function neededBy({ requires, escalate = [], assurance }: ApprovalView['guards'][number]): string {
  const seats = requires.map(({ group, count }) => `${count} of ${group}`).join(' and ');
  const rungs = escalate.map(
    ({ group, count, afterSeconds }) => `, or ${count} of ${group} from ${afterSeconds / 60} minutes on`,
  );
  return `${seats}${rungs.join('')}${assurance === 'signed-in' ? ', signed in' : ''}`;
}

const voteLine = ({ person, decision, channel = 'page', reason, at }: ApprovalView['votes'][number]) =>
  `${person}: ${decision} by ${channel} at ${at}${reason === undefined ? '' : ` (${reason})`}`;
