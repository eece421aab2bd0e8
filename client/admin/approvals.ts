import type * as z from 'zod';
import { type ApprovalView, pendingApprovals, viewedApproval } from '../../core/approval/approval-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { ApprovalView };

export type ApprovalAdmin = {
  /** What waits for people, the most urgent first; `more` when there may be more than were looked through. */
  pendingApprovals(): Promise<z.infer<typeof pendingApprovals>>;
  approval(id: string): Promise<ApprovalView>;
};

export const approvalAdmin = (call: SignedCall): ApprovalAdmin => ({
  pendingApprovals: async () => pendingApprovals.parse(await call('GET', '/v1/approvals?status=pending')),
  approval: async (id) => viewedApproval.parse(await call('GET', `/v1/approvals/${encodeURIComponent(id)}`)),
});
