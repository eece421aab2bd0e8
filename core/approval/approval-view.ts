import * as z from 'zod';

const seat = z.looseObject({ group: z.string(), count: z.int() });

/** One approval as administrators see it: what is asked, of whom, and what they said. No link, digest or input. */
export const viewedApproval = z.looseObject({
  id: z.string(),
  action: z.string(),
  tool: z.string(),
  agent: z.string(),
  unit: z.string(),
  status: z.string(),
  severity: z.string(),
  openedAt: z.string(),
  expiresAt: z.string(),
  guards: z.array(
    z.looseObject({
      id: z.string(),
      title: z.string(),
      requires: z.array(seat),
      escalate: z.array(z.looseObject({ ...seat.shape, afterSeconds: z.int() })).optional(),
      assurance: z.string().optional(),
    }),
  ),
  asked: z.array(z.object({ person: z.string(), deadline: z.int(), reached: z.boolean() })),
  votes: z.array(
    z.looseObject({
      person: z.string(),
      decision: z.enum(['approve', 'deny']),
      reason: z.string().optional(),
      channel: z.string().optional(),
      assurance: z.string().optional(),
      at: z.string(),
    }),
  ),
  questions: z.array(z.looseObject({ person: z.string(), text: z.string(), at: z.string() })),
});
export type ApprovalView = z.infer<typeof viewedApproval>;

/** What waits for people, the most urgent first; `more` when there may be more than were looked through. */
export const pendingApprovals = z.object({ approvals: z.array(viewedApproval), more: z.boolean() });

export const pendingQuery = z.strictObject({ status: z.literal('pending').default('pending') });

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
export const reportQuery = z
  .strictObject({ from: instant, to: instant })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'end the window after it begins' });
