import type { GovernanceBody } from '../../core/governance/manifest.ts';
import {
  type ReplayedDecision,
  replayedDecision,
  replayPage,
  storedRelease,
} from '../../core/policy/release-view.ts';
import { addReports, nothingReplayed, type ReplayReport } from '../../core/policy/replay-report.ts';
import type { SignedCall } from './signed-call.ts';

export type { ReplayedDecision };

/** From an instant on and before another, both ISO 8601. */
export type ReplayWindow = { readonly since: string; readonly until: string };

export type ReplayAdmin = {
  /** Stores the release a directory would make, in force nowhere; gives its hash. */
  storeCandidate(body: GovernanceBody): Promise<string>;
  /** Decides what was recorded in the window again under a stored release; `onPage` is told how far it is. */
  replay(
    hash: string,
    window: ReplayWindow,
    options?: { readonly onPage?: (sofar: ReplayReport) => void },
  ): Promise<ReplayReport>;
  /** Decides one action's latest decision again, under the release in force or the one named. */
  replayDecision(action: string, release?: string): Promise<ReplayedDecision>;
};

export const replayAdmin = (call: SignedCall): ReplayAdmin => ({
  storeCandidate: async (body) => storedRelease.parse(await call('POST', '/v1/releases', { body })).release,
  replay: async (hash, window, { onPage } = {}) => {
    let report = nothingReplayed;
    let cursor: string | undefined;
    do {
      const query: string = new URLSearchParams({ ...window, ...(cursor && { cursor }) }).toString();
      const next = replayPage.parse(
        await call('GET', `/v1/releases/${encodeURIComponent(hash)}/replay?${query}`),
      );
      const { cursor: more, release, ...part } = next;
      report = addReports(report, part);
      cursor = more;
      if (cursor) onPage?.(report);
    } while (cursor);
    return report;
  },
  replayDecision: async (action, release) => {
    const query = release === undefined ? '' : `?release=${encodeURIComponent(release)}`;
    return replayedDecision.parse(
      await call('GET', `/v1/decisions/${encodeURIComponent(action)}/replay${query}`),
    );
  },
});
