import { type ApprovalReport, figuresOf, type ReviewFigures } from '../../core/approval/analytics.ts';
import { type EndedApproval, endedApproval, endedMinute } from '../../core/approval/ended-approval.ts';
import { parseRow } from '../../core/row.ts';
import { workflowKey, workflowRow } from '../../core/run/run.ts';
import { reviewCost } from '../../core/value/review-cost.ts';
import type { RecordedDecisions } from '../aws/recorded-decisions.ts';
import type { Registry } from '../aws/registry.ts';

export type ReportDeps = {
  readonly registry: Pick<Registry, 'load'>;
  readonly recorded: Pick<RecordedDecisions, 'list' | 'read'>;
  readonly now: () => Date;
};

export type ReportWindow = { readonly from: string; readonly to: string };

/** An answer reads at most so many approvals or so long: the API stops waiting at 30 s. */
const MOST = { approvals: 20_000, milliseconds: 15_000 };
const FILES_AT_ONCE = 50;

/** What became of the approvals that ended from one instant on and before another. Reads alone. */
export async function reportApprovals(deps: ReportDeps, { from, to }: ReportWindow): Promise<ApprovalReport> {
  const { ended, unreadable, until } = await readEnded(deps, { from, to });
  return {
    from,
    to: until ?? to,
    complete: until === undefined,
    unreadable,
    ...figuresOf(ended),
    review: await reviewsOf(deps, ended),
  };
}

/** Each approval of the window once: one delivered twice stands in two files. */
async function readEnded({ recorded, now }: ReportDeps, { from, to }: ReportWindow) {
  const began = now().getTime();
  const ended = new Map<string, EndedApproval>();
  let unreadable = 0;
  let keys: string[] = [];
  const readAll = async () => {
    const files = await Promise.all(keys.map((key) => recorded.read(key)));
    keys = [];
    for (const each of files.flat().map(readLine)) {
      if (!each) unreadable += 1;
      else if (each.endedAt >= from && each.endedAt < to) ended.set(each.approval, each);
    }
  };
  for await (const key of recorded.list({ first: endedMinute(from), last: endedMinute(to) })) {
    keys.push(key);
    if (keys.length < FILES_AT_ONCE) continue;
    await readAll();
    const full = ended.size >= MOST.approvals || now().getTime() - began > MOST.milliseconds;
    if (full) return { ended: [...ended.values()], unreadable, until: latest([...ended.values()]) ?? from };
  }
  await readAll();
  return { ended: [...ended.values()], unreadable, until: undefined };
}

const latest = (ended: readonly EndedApproval[]) =>
  ended
    .map(({ endedAt }) => endedAt)
    .sort()
    .at(-1);

function readLine(line: string): EndedApproval | undefined {
  try {
    return endedApproval.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** What the votes cost, by the baseline each workflow has now: the same minutes and rate as in its outcomes. */
async function reviewsOf(
  { registry }: ReportDeps,
  ended: readonly EndedApproval[],
): Promise<ReviewFigures[]> {
  const voted = ended.filter(({ votes }) => votes.length > 0);
  const byWorkflow = [...Map.groupBy(voted, ({ workflow }) => workflow)];
  const rows = await registry.load(byWorkflow.map(([workflow = '']) => workflowKey(workflow)));
  return byWorkflow.map(([workflow, of], n) => {
    const votes = of.reduce((sum, each) => sum + each.votes.length, 0);
    if (workflow === undefined || rows[n] === undefined) return { workflow, votes };
    return { workflow, votes, ...reviewCost(parseRow(workflowRow, rows[n]).baseline, votes) };
  });
}
