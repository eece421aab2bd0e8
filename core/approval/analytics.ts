import * as z from 'zod';
import { money } from '../money.ts';
import { type EndedApproval, type Ending, endings } from './ended-approval.ts';

const times = z.object({ decided: z.int(), p50Seconds: z.number(), p95Seconds: z.number() });
const guardFigures = z.object({
  guard: z.string(),
  title: z.string(),
  asked: z.int(),
  approved: z.int(),
  denied: z.int(),
});

/** What people's decisions of a window look like. Shares are of what people decided, from 0 to 1. */
export const approvalFigures = z.object({
  asked: z.int(),
  ends: z.record(z.enum(endings), z.int()),
  approvalShare: z.number(),
  denialShare: z.number(),
  /** Approved once a rung of a ladder was open: somebody else's word took the place of the group's. */
  overrideShare: z.number(),
  votes: z.int(),
  /** Votes within five seconds of seeing what they are about: nobody reads that fast. */
  rubberStamps: z.int(),
  groups: z.array(z.object({ group: z.string(), ...times.shape })),
  guards: z.array(guardFigures),
  /** Asks most and is never refused: its limit may be too low. */
  relax: guardFigures.optional(),
  /** Is refused most and never lifted: a plain forbid would say the same at once. */
  forbid: guardFigures.optional(),
});
export type ApprovalFigures = z.infer<typeof approvalFigures>;
export type GuardFigures = z.infer<typeof guardFigures>;

/** What the votes of a workflow's approvals cost by its baseline; without a baseline nothing is claimed. */
export const reviewFigures = z.object({
  workflow: z.string().optional(),
  votes: z.int(),
  minutes: z.number().optional(),
  cost: money.optional(),
});
export type ReviewFigures = z.infer<typeof reviewFigures>;

export const approvalReport = z.object({
  from: z.string(),
  to: z.string(),
  /** False when the window holds more than one answer reads: the figures end at `to`. */
  complete: z.boolean(),
  unreadable: z.int(),
  ...approvalFigures.shape,
  review: z.array(reviewFigures),
});
export type ApprovalReport = z.infer<typeof approvalReport>;

/** Seconds within which a vote counts as a rubber stamp. */
export const STAMP_SECONDS = 5;

/** Fewer decisions than this say nothing about a guard. */
const TELLING = 5;

/** The figures of approvals that ended; pure, each approval counted as often as it is given. */
export function figuresOf(ended: readonly EndedApproval[]): ApprovalFigures {
  const count = (status: Ending) => ended.filter((each) => each.status === status).length;
  const ends = Object.fromEntries(endings.map((status) => [status, count(status)])) as Record<Ending, number>;
  const decided = ends.approved + ends.denied;
  const votes = ended.flatMap((each) => each.votes);
  const overridden = ended.filter(({ status, escalated }) => status === 'approved' && escalated).length;
  const guards = guardsOf(ended);
  const { relax, forbid } = candidates(guards);
  return {
    asked: ended.length,
    ends,
    approvalShare: share(ends.approved, decided),
    denialShare: share(ends.denied, decided),
    overrideShare: share(overridden, decided),
    votes: votes.length,
    rubberStamps: votes.filter(({ seconds }) => seconds < STAMP_SECONDS).length,
    groups: groupTimes(ended),
    guards,
    ...(relax && { relax }),
    ...(forbid && { forbid }),
  };
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part / whole) * 1000) / 1000);

/** From the asking to the decision, for every group whose people a guard asked. */
function groupTimes(ended: readonly EndedApproval[]): ApprovalFigures['groups'] {
  const decided = ended.filter(({ status }) => status === 'approved' || status === 'denied');
  const asked = decided.flatMap((each) =>
    [...new Set(each.guards.flatMap(({ groups }) => groups))].map((group) => ({
      group,
      seconds: secondsOf(each),
    })),
  );
  return [...Map.groupBy(asked, ({ group }) => group)]
    .map(([group, of]) => {
      const sorted = of.map(({ seconds }) => seconds).sort((a, b) => a - b);
      const [p50Seconds, p95Seconds] = [percentile(sorted, 50), percentile(sorted, 95)];
      return { group, decided: of.length, p50Seconds, p95Seconds };
    })
    .sort((a, b) => b.p95Seconds - a.p95Seconds || (a.group < b.group ? -1 : 1));
}

const secondsOf = ({ openedAt, endedAt }: EndedApproval) =>
  Math.max(0, Date.parse(endedAt) - Date.parse(openedAt)) / 1000;

/** Nearest rank: a value that really occurred. */
const percentile = (sorted: readonly number[], percent: number) =>
  sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;

function guardsOf(ended: readonly EndedApproval[]): GuardFigures[] {
  const asked = ended.flatMap(({ guards, status }) => guards.map(({ id, title }) => ({ id, title, status })));
  return [...Map.groupBy(asked, ({ id }) => id)]
    .map(([guard, of]) => ({
      guard,
      title: of.at(-1)?.title ?? guard,
      asked: of.length,
      approved: of.filter(({ status }) => status === 'approved').length,
      denied: of.filter(({ status }) => status === 'denied').length,
    }))
    .sort((a, b) => b.asked - a.asked || (a.guard < b.guard ? -1 : 1));
}

function candidates(guards: readonly GuardFigures[]) {
  const telling = guards.filter(({ approved, denied }) => approved + denied >= TELLING);
  return {
    relax: telling.find(({ denied }) => denied === 0),
    forbid: telling.filter(({ approved }) => approved === 0).sort((a, b) => b.denied - a.denied)[0],
  };
}
