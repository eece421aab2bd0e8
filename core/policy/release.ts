import * as z from 'zod';
import { pinnedBudget } from '../budget/budget.ts';
import { digest } from '../canonical-json.ts';
import { exchangeRatesManifest, roleManifest, unitManifest } from '../governance/unit.ts';
import { systemManifest } from '../governance/system.ts';
import { toolManifest, toolReviewManifest } from '../governance/tool.ts';
import { listIndex, rowBase } from '../row.ts';

/** One Cedar policy as written: the layer it belongs to (`coe` or a unit's id) and where its text stands. */
export const policySource = z.object({
  id: z.string(),
  layer: z.string(),
  file: z.string(),
  line: z.int().min(1),
  text: z.string(),
});
export type PolicySource = z.infer<typeof policySource>;

/** A case shipped with policies, as written: the release passed it. */
export const caseSource = z.object({
  layer: z.string(),
  file: z.string(),
  line: z.int().min(1),
  document: z.looseObject({ name: z.string() }),
});
export type CaseSource = z.infer<typeof caseSource>;

/** A tool as a release pins it: its manifest, the layer that owns it and the hash of its definition. */
export const pinnedTool = z.object({
  ...toolManifest.omit({ kind: true }).shape,
  unit: z.string(),
  hash: z.string(),
  reviewed: z.boolean(),
});

/** Everything a decision depends on besides the registry's rows. Immutable, named by its hash. */
export const releaseBundle = z.object({
  v: z.literal(1),
  /** Version of the Cedar engine it was checked with. */
  engine: z.string(),
  policies: z.array(policySource),
  tools: z.array(pinnedTool),
  /** What the centre confirmed of units' tools. Earlier releases have none, or some that name no definition. */
  reviews: z.array(toolReviewManifest.omit({ kind: true }).partial({ definition: true })).optional(),
  systems: z.array(systemManifest.omit({ kind: true })),
  units: z.array(unitManifest.omit({ kind: true })),
  roles: z.array(roleManifest.omit({ kind: true })),
  /** What amounts are worth to every rule; without it each unit's own rates count. */
  exchangeRates: exchangeRatesManifest.omit({ kind: true }).optional(),
  /** What may be spent; absent where no budget is set. */
  budgets: z.array(pinnedBudget).optional(),
  /** Absent where none is shipped, and in earlier releases, which did not keep them. */
  tests: z.array(caseSource).optional(),
});
export type ReleaseBundle = z.infer<typeof releaseBundle>;

/** A release is what it says, not where that stands: file and line are no part of its name. */
const placed = z.array(z.looseObject({}));
const content = z
  .looseObject({ policies: placed, tests: placed.optional() })
  .transform(({ policies, tests, ...rest }) => ({
    ...rest,
    policies: policies.map(withoutPlace),
    ...(tests && { tests: tests.map(withoutPlace) }),
  }));

function withoutPlace({ file, line, ...said }: Readonly<Record<string, unknown>>) {
  return said;
}

/** The release's name: SHA-256 over the canonical JSON of its content. */
export function releaseHash(bundle: ReleaseBundle): string {
  return digest(content.parse(bundle));
}

/** Whether stored JSON is the release of this name; those of before names left out places hash whole. */
export function isNamed(stored: unknown, hash: string): boolean {
  const read = content.safeParse(stored);
  return (read.success && digest(read.data) === hash) || digest(stored) === hash;
}

/** Which release is in force. One row, read with every decision's facts. */
export const activeReleaseKey = { pk: 'POLICY', sk: 'ACTIVE' } as const;
export const activeReleaseRow = z.object({
  ...rowBase,
  release: z.string(),
  activatedAt: z.iso.datetime(),
  /** The person who put it in force or proposed it, as far as their principal is known to be theirs alone. */
  activatedBy: z.string().optional(),
});
export type ActiveReleaseRow = z.infer<typeof activeReleaseRow>;

export const releaseKey = (hash: string) => ({ pk: `RELEASE#${hash}`, sk: 'RELEASE' });
export const releaseRow = z.object({
  ...rowBase,
  ...listIndex,
  release: z.string(),
  engine: z.string(),
  policies: z.int(),
  tools: z.int(),
  publishedAt: z.iso.datetime(),
  /** The person whose release it is, known as `activatedBy` is. */
  publishedBy: z.string().optional(),
});
export type ReleaseRow = z.infer<typeof releaseRow>;
