import * as z from 'zod';
import { type GovernanceBody, governanceBody } from '../../core/governance/manifest.ts';
import type { SignedCall } from './signed-call.ts';

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
  /** A policy's text: lines that went (`- `) and came (`+ `). */
  lines: z.array(z.string()),
});

const applied = z.object({
  changes: z.array(
    z.object({
      noun: z.string(),
      id: z.string(),
      action: z.enum(['create', 'change', 'withdraw', 'none']),
      fields: z.array(z.string()),
      /** Of a change: each field as it is and as it would be. */
      differences: z.array(fieldDifference),
      /** It waits for the council. */
      waits: z.literal(true).optional(),
    }),
  ),
  release: z.object({
    hash: z.string(),
    action: z.enum(['activate', 'propose', 'none']),
    /** What changes in the rules, one by one. */
    differences: z.array(releaseDifference),
  }),
  /** What waits for the council: who must agree, and since it was asked, where and until when. */
  proposal: z
    .object({
      needs: z.string(),
      release: z.boolean(),
      rows: z.array(z.string()),
      action: z.string().optional(),
      approval: z.string().optional(),
      expiresAt: z.string().optional(),
    })
    .optional(),
  /** What is live and no longer in the files; it stays until someone says otherwise. */
  unmanaged: z.array(z.object({ noun: z.string(), id: z.string() })),
  /** What to know though nothing was refused. */
  warnings: z.array(z.string()).default([]),
  /** Of a plan: rules that contradict each other, and how many there are in all. */
  conflicts: z
    .object({
      total: z.int(),
      list: z.array(
        z.object({
          id: z.string(),
          kind: z.enum(['overruled', 'meets', 'units-differ', 'same-operation']),
          tools: z.array(z.string()),
          rules: z.array(
            z.object({
              id: z.string(),
              layer: z.string(),
              file: z.string(),
              line: z.int(),
              title: z.string(),
            }),
          ),
          detail: z.string(),
          /** Where it stands with the council, once that was asked. */
          ruling: z
            .object({
              state: z.enum(['waits', 'approved', 'denied']),
              says: z.string(),
              action: z.string(),
              approval: z.string().optional(),
              at: z.string(),
            })
            .optional(),
        }),
      ),
    })
    .optional(),
  /** Rows time did not suffice for; `apply` goes on until there are none. */
  remaining: z.int().default(0),
});
export type Applied = z.infer<typeof applied>;

const exported = z.object({
  ...governanceBody.pick({ manifests: true, policies: true }).shape,
  /** What files could not hold. */
  notes: z.array(z.string()),
});
export type Exported = z.infer<typeof exported>;

export type ApplyOptions = {
  /** Only tells what would change. */
  readonly plan?: boolean;
  /** What is live and in no file leaves use. */
  readonly prune?: boolean;
  /** Hears how many rows are left whenever an answer came before the end. */
  readonly onProgress?: (remaining: number) => void;
};

export type GovernanceAdmin = {
  /** Makes what is live what the directory says, in as many requests as it takes. */
  apply(body: GovernanceBody, options?: ApplyOptions): Promise<Applied>;
  governance(): Promise<unknown>;
  /** Everything in use as the files that would make it. */
  exportGovernance(): Promise<Exported>;
};

export const governanceAdmin = (call: SignedCall): GovernanceAdmin => ({
  apply: (body, options = {}) => applyWhole(call, body, options),
  governance: () => call('GET', '/v1/governance'),
  exportGovernance: async () => exported.parse(await call('GET', '/v1/governance?export=true')),
});

/** The first answer names every change, the last one the end of them. */
async function applyWhole(
  call: SignedCall,
  body: GovernanceBody,
  { plan = false, prune = false, onProgress }: ApplyOptions,
): Promise<Applied> {
  const query = new URLSearchParams({ ...(plan && { plan: 'true' }), ...(prune && { prune: 'true' }) });
  const path = `/v1/governance${query.size > 0 ? `?${query.toString()}` : ''}`;
  const once = async () => applied.parse(await call('PUT', path, { body }));
  const first = await once();
  let last = first;
  while (last.remaining > 0) {
    onProgress?.(last.remaining);
    last = await once();
  }
  const { proposal, release } = last;
  const action = proposal?.release ? release.action : first.release.action;
  return { ...first, release: { ...first.release, action }, ...(proposal && { proposal }), remaining: 0 };
}
