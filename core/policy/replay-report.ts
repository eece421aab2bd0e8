import * as z from 'zod';

/** What an answer of the policy engine comes down to. */
export const said = z.object({
  outcome: z.enum(['allow', 'hold', 'deny']),
  /** Why it denied, as a code. */
  reason: z.string().optional(),
  policies: z.array(z.string()),
  /** Whom its guards ask and how long they wait, e.g. `operations-over-1k: budget-owners:1 within 4 h`. */
  asks: z.array(z.string()).optional(),
  /** What a denial would need, said by the release that is tried. */
  detail: z.string().optional(),
});
export type Said = z.infer<typeof said>;

/**
 * The ways an answer can differ, what loosens first. `hold-otherwise` is held then and now, by other guards, other
 * groups, another quorum or another deadline.
 */
export const flipKinds = [
  'deny-to-allow',
  'hold-to-allow',
  'deny-to-hold',
  'allow-to-hold',
  'allow-to-deny',
  'hold-to-deny',
  'hold-otherwise',
] as const;
export const flipKind = z.enum(flipKinds);
export type FlipKind = z.infer<typeof flipKind>;

const flip = z.object({
  kind: flipKind,
  action: z.string(),
  agent: z.string(),
  tool: z.string(),
  at: z.string(),
  from: said,
  to: said,
});
export type Flip = z.infer<typeof flip>;

/** What a replay found so far. Counts are of all, examples the first ten of each kind. */
export const replayReport = z.object({
  /** Decisions made again. */
  decided: z.int(),
  flips: z.array(z.object({ kind: flipKind, count: z.int(), examples: z.array(flip) })),
  /** Records that could not be decided again, by reason. */
  unreadable: z.array(z.object({ why: z.string(), count: z.int() })),
  /** Denied then because no rules could be asked: they say nothing about any rules. */
  undecided: z.int(),
});
export type ReplayReport = z.infer<typeof replayReport>;

const EXAMPLES = 10;

export const nothingReplayed: ReplayReport = { decided: 0, flips: [], unreadable: [], undecided: 0 };

/** Two parts of a replay as one, the earlier first. */
export function addReports(a: ReplayReport, b: ReplayReport): ReplayReport {
  return {
    decided: a.decided + b.decided,
    flips: flipKinds.flatMap((kind) => {
      const both = [...a.flips, ...b.flips].filter((each) => each.kind === kind);
      if (both.length === 0) return [];
      const examples = both.flatMap((each) => each.examples).slice(0, EXAMPLES);
      return [{ kind, count: sum(both), examples }];
    }),
    unreadable: [...Map.groupBy([...a.unreadable, ...b.unreadable], ({ why }) => why)].map(([why, each]) => ({
      why,
      count: sum(each),
    })),
    undecided: a.undecided + b.undecided,
  };
}

const sum = (list: readonly { readonly count: number }[]) =>
  list.reduce((total, { count }) => total + count, 0);

/** How many flips of some kinds there are. */
export const countOf = ({ flips }: ReplayReport, kinds: readonly FlipKind[]) =>
  sum(flips.filter(({ kind }) => kinds.includes(kind)));
