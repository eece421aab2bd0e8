import { type Command, Option } from 'commander';
import { connectAdmin } from './connect.ts';
import { describeApprovalReport } from './describe-approval-report.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import { instantOf } from './replay-window.ts';
import { type Terminal, visible } from './terminal.ts';

const meaning = `
Counts the approvals that ended in the window: how they ended, how long people took, votes that came within
five seconds of seeing it (nobody reads that fast), what the votes cost by each workflow's baseline, and the
guard that asks most and is never refused: its limit may be too low. It names no approver.

Example
  $ autonomy approvals report
  $ autonomy approvals report --from 2026-11-01 --to 2026-12-01 --json
`;

type Options = SignedOptions & { readonly from: string; readonly to?: string };

/** `autonomy approvals report`. */
export function approvalReportCommand(terminal: Terminal): Command {
  const now = new Date();
  const instant = (text: string) => instantOf(text, now);
  return signedCommand('report', 'what people decided, how fast, and what it cost')
    .addOption(
      new Option('--from <when>', 'from when on: 30d, 12h, 2026-11-01')
        .argParser(instant)
        .default(instant('30d'), '30d'),
    )
    .option('--to <when>', 'before when; now otherwise', instant)
    .addHelpText('after', meaning)
    .action(async ({ from, to = now.toISOString(), ...options }: Options) => {
      const report = await connectAdmin(options, terminal).approvalReport({ from, to });
      if (options.json) terminal.print(JSON.stringify(report));
      else for (const line of describeApprovalReport(report)) terminal.print(visible(line));
    });
}
