import { Command, CommanderError } from 'commander';
import * as z from 'zod';
import { GovernanceFileError } from '../governance-files.ts';
import { AutonomyError } from '../send.ts';
import { actionCommands } from './action-commands.ts';
import { agentCommands } from './agent-commands.ts';
import { approvalCommands } from './approval-commands.ts';
import { componentCommand } from './component-commands.ts';
import { conflictCommands } from './conflict-commands.ts';
import { decisionCommands } from './decision-commands.ts';
import { exportCommand } from './export-command.ts';
import { grantCommand } from './grant-commands.ts';
import { governanceCommands } from './governance-commands.ts';
import { releaseCommands } from './release-commands.ts';
import { replayCommand } from './replay-commands.ts';
import { shadowCommand } from './shadow-command.ts';
import { switchCommands } from './switch-commands.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { toolCommands } from './tool-commands.ts';

const introduction = `
Governance is code: keep it in git, plan in review, apply on merge. Requests are signed with your AWS
credentials (environment, profile, role: the AWS default chain), which need execute-api:Invoke.
`;

/** Runs one command line (without the program's own name); gives the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    for (const line of explain(error)) terminal.complain(line);
    return 1;
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('autonomy')
    .description('Autonomy OS: the control plane for AI agents in your own AWS account')
    .addHelpText('after', introduction)
    .showHelpAfterError('(add --help for how it is used)');
  const groups = [
    agentCommands(terminal),
    actionCommands(terminal),
    approvalCommands(terminal),
    conflictCommands(terminal),
    decisionCommands(terminal),
    toolCommands(terminal),
    ...switchCommands(terminal),
  ];
  for (const command of [
    ...governanceCommands(terminal),
    exportCommand(terminal),
    ...releaseCommands(terminal),
    replayCommand(terminal),
    shadowCommand(terminal),
    grantCommand(terminal),
    componentCommand(terminal),
    ...groups,
  ])
    program.addCommand(command);
  return withTerminal(program, terminal);
}

/** Commander writes where we say and throws instead of ending the process; its subcommands too. */
function withTerminal(command: Command, terminal: Terminal): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.print(text.trimEnd()),
    writeErr: (text) => terminal.complain(text.trimEnd()),
  });
  for (const child of command.commands) withTerminal(child, terminal);
  return command;
}

const findings = z.array(z.object({ file: z.string(), line: z.int(), reason: z.string() })).min(1);

/** Why it did not work, in lines a person can act on; never a stack trace. */
function explain(error: unknown): readonly string[] {
  if (error instanceof CommandError) return error.lines;
  if (error instanceof GovernanceFileError) return [error.message];
  if (error instanceof AutonomyError) return refusal(error);
  if (!(error instanceof Error)) return [String(error)];
  if (error.name === 'CredentialsProviderError') {
    return [
      'no AWS credentials: run aws sso login, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and its secret',
    ];
  }
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  if (error.message === 'fetch failed') return [`the API gives no answer${cause}: check --endpoint`];
  return [`${error.message}${cause}`];
}

function refusal({ status, code, message, problem }: AutonomyError): readonly string[] {
  const found = findings.safeParse(problem['findings']);
  if (found.success) {
    const lines = found.data.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
    return [...lines, `${lines.length} to mend; nothing was written.`];
  }
  const ours = ['not-an-administrator', 'outside-unit'].includes(code);
  if ((status === 403 || status === 401) && !ours) {
    return [
      `${status}: ${message}`,
      'the credentials need execute-api:Invoke on this API: check AWS_PROFILE',
    ];
  }
  return [`${status} ${code}: ${message}`];
}
