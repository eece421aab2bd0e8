import * as z from 'zod';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import {
  addReports,
  flipKind,
  nothingReplayed,
  type ReplayReport,
  replayReport,
  said,
} from '../../core/policy/replay-report.ts';
import type { SignedCall } from './signed-call.ts';

const page = z.object({ ...replayReport.shape, cursor: z.string().optional() });

const replayedDecision = z.object({
  action: z.string(),
  agent: z.string(),
  tool: z.string(),
  requestedAt: z.string(),
  releases: z.object({ from: z.string(), to: z.string() }),
  kind: z.union([flipKind, z.literal('same')]),
  from: said,
  to: said,
});
export type ReplayedDecision = z.infer<typeof replayedDecision>;

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
  storeCandidate: async (body) =>
    z.object({ release: z.string() }).parse(await call('POST', '/v1/releases', { body })).release,
  replay: async (hash, window, { onPage } = {}) => {
    let report = nothingReplayed;
    let cursor: string | undefined;
    do {
      const query: string = new URLSearchParams({ ...window, ...(cursor && { cursor }) }).toString();
      const next = page.parse(await call('GET', `/v1/releases/${encodeURIComponent(hash)}/replay?${query}`));
      const { cursor: more, ...part } = next;
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
