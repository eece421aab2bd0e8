import * as z from 'zod';
import { governanceBody } from './manifest.ts';

const fieldDifference = z.object({
  field: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});
const releaseDifference = z.object({
  noun: z.string(),
  id: z.string(),
  layers: z.array(z.string()),
  action: z.enum(['added', 'changed', 'removed']),
  fields: z.array(fieldDifference),
  lines: z.array(z.string()).describe("A policy's text: lines that went (`- `) and came (`+ `)"),
});

const ruling = z.object({
  state: z.enum(['waits', 'approved', 'denied']),
  says: z.string(),
  action: z.string(),
  approval: z.string().optional(),
  at: z.string(),
});
const conflict = z.object({
  id: z.string(),
  kind: z.enum(['overruled', 'meets', 'units-differ', 'same-operation']),
  tools: z.array(z.string()),
  rules: z.array(
    z.object({ id: z.string(), layer: z.string(), file: z.string(), line: z.int(), title: z.string() }),
  ),
  detail: z.string(),
  ruling: ruling.optional().describe('Where it stands with the council, once that was asked'),
});

const proposal = z.object({
  needs: z.string(),
  release: z.boolean(),
  rows: z.array(z.string()),
  action: z.string().optional(),
  approval: z.string().optional(),
  expiresAt: z.string().optional(),
});

/** What an apply changed, or a plan would. */
export const applied = z.object({
  changes: z.array(
    z.object({
      noun: z.string(),
      id: z.string(),
      action: z.enum(['create', 'change', 'withdraw', 'none']),
      fields: z.array(z.string()),
      layers: z.array(z.string()).default([]).describe('Whose administrators may make this change'),
      differences: z.array(fieldDifference).describe('Of a change: each field as it is and as it would be'),
      waits: z.literal(true).optional().describe('It waits for the council'),
    }),
  ),
  release: z.object({
    hash: z.string(),
    action: z.enum(['activate', 'propose', 'none']),
    differences: z.array(releaseDifference).describe('What changes in the rules, one by one'),
  }),
  proposal: proposal
    .optional()
    .describe('What waits for the council: who must agree, and since it was asked, where and until when'),
  unmanaged: z
    .array(z.object({ noun: z.string(), id: z.string() }))
    .describe('What is live and no longer in the files; it stays until someone says otherwise'),
  warnings: z.array(z.string()).default([]).describe('What to know though nothing was refused'),
  conflicts: z
    .object({ total: z.int(), list: z.array(conflict) })
    .optional()
    .describe('Of a plan: rules that contradict each other, and how many there are in all'),
  remaining: z.int().default(0).describe('Rows time did not suffice for: apply again until there are none'),
});
export type Applied = z.infer<typeof applied>;

/** Everything in use as the files that would make it; `notes` is what files could not hold. */
export const exportedGovernance = z.object({
  ...governanceBody.pick({ manifests: true, policies: true, tests: true }).shape,
  notes: z.array(z.string()),
});
export type Exported = z.infer<typeof exportedGovernance>;

/** What is live, in short. */
export const liveGovernance = z.object({
  release: z.string().nullable(),
  units: z.array(z.looseObject({ id: z.string() })),
  tools: z.array(z.looseObject({ name: z.string(), unit: z.string(), effect: z.string() })),
  agents: z.array(z.looseObject({ id: z.string(), unit: z.string(), stage: z.string() })),
  workflows: z.array(z.looseObject({ id: z.string(), unit: z.string(), machine: z.string() })),
});

const flag = z.enum(['true', 'false']).optional();
export const applyQuery = z.object({ plan: flag, prune: flag });
export const exportQuery = z.object({ export: flag });
