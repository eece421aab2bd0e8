import * as z from 'zod';
import { flipKind, replayReport, said } from './replay-report.ts';

/** The releases stored so far, the newest first; at most one is in force. */
export const listedReleases = z.object({
  releases: z.array(
    z.object({
      release: z.string(),
      publishedAt: z.string(),
      engine: z.string().describe('Version of the Cedar engine it was checked with'),
      policies: z.int(),
      tools: z.int(),
      activatedAt: z.string().optional().describe('On the one in force'),
    }),
  ),
});
export type ReleaseView = z.infer<typeof listedReleases>['releases'][number];

export const rolledBack = z.object({
  release: z.string(),
  before: z.string().nullable(),
  action: z.enum(['activate', 'none']),
});
export type RolledBack = z.infer<typeof rolledBack>;

export const storedRelease = z.object({ release: z.string() });

export const shadowBody = z.strictObject({ release: z.string().max(64).nullable() });
export const viewedShadow = z.object({ release: z.string().nullable(), since: z.string().optional() });
export type ShadowView = z.infer<typeof viewedShadow>;

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
const page = /^decisions\/\d{4}-\d\d-\d\d\/\d\d-\d\d-[0-9a-f]{16}\.ndjson$/;
export const replayQuery = z.strictObject({
  since: instant,
  until: instant.optional(),
  cursor: z.string().regex(page, 'send the cursor of the last answer').optional(),
});

/** A page of a replay; without a cursor it is the last. */
export const replayPage = z.object({
  ...replayReport.shape,
  release: z.string(),
  cursor: z.string().optional(),
});

export const replayedDecision = z.object({
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

const answer = z.object({
  outcome: z.string(),
  reason: z.string().optional(),
  policies: z.array(z.string()),
});

/** A decision made again under its own release, and what it came from. */
export const explanation = z.looseObject({
  action: z.string(),
  agent: z.string(),
  tool: z.string(),
  status: z.string(),
  release: z.string(),
  requestedAt: z.string(),
  then: answer,
  now: answer,
  reproduced: z.boolean().describe('The same answer as then, from the same rules and facts'),
  policies: z.array(
    z.looseObject({ id: z.string(), title: z.string(), file: z.string(), line: z.int(), text: z.string() }),
  ),
  guards: z.array(
    z.looseObject({
      id: z.string(),
      title: z.string(),
      requires: z.array(z.object({ group: z.string(), count: z.int() })),
    }),
  ),
  detail: z.string().describe('What would change the answer'),
});
export type ExplanationView = z.infer<typeof explanation>;
