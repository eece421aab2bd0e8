import * as z from 'zod';
import { name } from '../id.ts';
import { type Guard, parseExpires } from '../policy/decision.ts';
import { listIndex, parseRow, rowBase } from '../row.ts';

/** Whose word new rules need: so many people of one group. While it is live, no apply puts a release in force alone. */
export const councilManifest = z.strictObject({
  kind: z.literal('Council'),
  /** There is one. */
  id: z.literal('council'),
  group: name,
  /** How many of them must agree. */
  approvals: z.int().min(1).max(20),
  /** How long a proposal waits for them. */
  expires: z
    .string()
    .refine((text) => parseExpires(text) !== undefined, 'a duration of one minute to thirty days: PT72H')
    .default('PT72H'),
});

export const councilKey = { pk: 'COUNCIL', sk: 'COUNCIL' } as const;
export const councilRow = z.object({
  ...rowBase,
  ...listIndex,
  ...councilManifest.omit({ kind: true }).shape,
  withdrawn: z.literal(true).optional(),
});
export type CouncilRow = z.infer<typeof councilRow>;

/** The council that rules now; `undefined` while there is none. */
export function liveCouncil(stored: unknown): CouncilRow | undefined {
  const row = stored === undefined ? undefined : parseRow(councilRow, stored);
  return row?.withdrawn ? undefined : row;
}

/** No policy can be called so: its id begins with its layer. */
export const COUNCIL_GUARD = 'council';

/** What a proposal needs, as a guard like any other. */
export function councilGuard({ group, approvals, expires }: CouncilRow): Guard {
  return {
    id: COUNCIL_GUARD,
    title: 'New rules need the word of the council',
    requires: [{ group, count: approvals }],
    expiresSeconds: parseExpires(expires) ?? 0,
  };
}
