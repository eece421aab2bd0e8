import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { pendingQuery } from '../../core/approval/approval-view.ts';
import { approvalId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from '../aws/registry.ts';
import { createApi, signerOf } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { approvalView } from './approval-view.ts';
import { loadPending } from './pending-approvals.ts';

export type ApprovalsDeps = {
  readonly registry: Pick<Registry, 'load' | 'list'>;
  readonly now: () => Date;
};

/** What waits for people, for IAM-signed callers: who is asked and who answered. They read; only approvers decide. */
export function createApprovalsApi({ registry, now }: ApprovalsDeps) {
  const app = createApi();
  app.get('/v1/approvals', async (c) => {
    signerOf(c.env.event);
    if (!pendingQuery.safeParse(c.req.query()).success) {
      const detail = 'ask for status=pending; what was decided is in the audit log';
      throw new ProblemError({ status: 400, code: 'invalid-query', detail });
    }
    const { pending, more } = await loadPending(registry, now());
    const byDeadline = pending.toSorted((a, b) => (a.approval.expiresAt < b.approval.expiresAt ? -1 : 1));
    return c.json({ approvals: byDeadline.map(({ approval }) => approvalView(approval)), more });
  });
  app.get('/v1/approvals/:id', async (c) => {
    signerOf(c.env.event);
    const id = approvalId.safeParse(c.req.param('id'));
    const [row] = id.success ? await registry.load([approvalKey(id.data)]) : [];
    if (row) return c.json(approvalView(parseRow(approvalRow, row)));
    const detail = 'there is no such approval: see autonomy approvals list';
    throw new ProblemError({ status: 404, code: 'unknown-approval', detail });
  });
  return app;
}
