import * as z from 'zod';
import { digest } from '../canonical-json.ts';
import { roleManifest, unitManifest } from '../governance/unit.ts';
import { systemManifest, toolManifest } from '../governance/tool.ts';
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
  systems: z.array(systemManifest.omit({ kind: true })),
  units: z.array(unitManifest.omit({ kind: true })),
  roles: z.array(roleManifest.omit({ kind: true })),
});
export type ReleaseBundle = z.infer<typeof releaseBundle>;

/** The release's name: SHA-256 over its canonical JSON. */
export function releaseHash(bundle: ReleaseBundle): string {
  return digest(bundle);
}

/** Which release is in force. One row, read with every decision's facts. */
export const activeReleaseKey = { pk: 'POLICY', sk: 'ACTIVE' } as const;
export const activeReleaseRow = z.object({
  ...rowBase,
  release: z.string(),
  activatedAt: z.iso.datetime(),
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
});
export type ReleaseRow = z.infer<typeof releaseRow>;
