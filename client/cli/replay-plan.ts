import type { GovernanceBody } from '../../core/governance/manifest.ts';
import type { ReplayReport } from '../../core/policy/replay-report.ts';
import type { ReplayAdmin, ReplayWindow } from '../admin/replay.ts';
import { describeReplay } from './describe-replay.ts';
import { instantOf } from './replay-window.ts';
import { type Terminal, visible } from './terminal.ts';

/** Replays every page of a window, telling how far it is. */
export function replayAll(
  admin: Pick<ReplayAdmin, 'replay'>,
  terminal: Terminal,
  { release, ...window }: ReplayWindow & { readonly release: string },
): Promise<ReplayReport> {
  const onPage = ({ decided }: ReplayReport) =>
    terminal.complain(`… ${decided.toLocaleString('en')} decided again`);
  return admin.replay(release, window, { onPage });
}

/** What the rules of a plan would have decided since then: for people in lines, for programs as it is. */
export async function replayPlan(
  admin: Pick<ReplayAdmin, 'replay' | 'storeCandidate'>,
  terminal: Terminal,
  { body, since }: { readonly body: GovernanceBody; readonly since: string },
) {
  const now = new Date();
  const window = { since: instantOf(since, now), until: now.toISOString() };
  const release = await admin.storeCandidate(body);
  const report = await replayAll(admin, terminal, { release, ...window });
  const lines = ['', ...describeReplay(report, release, window).map(visible)];
  return { replay: { release, ...window, ...report }, lines };
}
