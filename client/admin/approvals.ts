import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const seat = z.looseObject({ group: z.string(), count: z.int() });
const approvalView = z.looseObject({
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
/** A request for human decision: what is asked, of whom, and what they said so far. */
export type ApprovalView = z.infer<typeof approvalView>;

const pending = z.object({ approvals: z.array(approvalView), more: z.boolean() });

export type ApprovalAdmin = {
  /** What waits for people, the most urgent first; `more` when there may be more than were looked through. */
  pendingApprovals(): Promise<z.infer<typeof pending>>;
  approval(id: string): Promise<ApprovalView>;
};

export const approvalAdmin = (call: SignedCall): ApprovalAdmin => ({
  pendingApprovals: async () => pending.parse(await call('GET', '/v1/approvals?status=pending')),
  approval: async (id) => approvalView.parse(await call('GET', `/v1/approvals/${encodeURIComponent(id)}`)),
});
