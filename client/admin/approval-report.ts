import { type ApprovalReport, approvalReport } from '../../core/approval/analytics.ts';
import type { SignedCall } from './signed-call.ts';

export type ApprovalReportAdmin = {
  /** What people decided from one instant on and before another, both ISO 8601. */
  approvalReport(window: { readonly from: string; readonly to: string }): Promise<ApprovalReport>;
};

export const approvalReportAdmin = (call: SignedCall): ApprovalReportAdmin => ({
  approvalReport: async ({ from, to }) => {
    const query = new URLSearchParams({ from, to }).toString();
    return approvalReport.parse(await call('GET', `/v1/approvals/report?${query}`));
  },
});
