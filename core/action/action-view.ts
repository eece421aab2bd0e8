import type { ApprovalRow } from '../approval/approval.ts';
import type { ActionRow } from './action.ts';

/** An action as its agent may see it: no votes, no people, no links, no tokens; questions, not who asks. */
export function actionView(
  row: ActionRow,
  approval?: Pick<ApprovalRow, 'id' | 'expiresAt' | 'guards' | 'questions'>,
) {
  return {
    id: row.id,
    status: row.status,
    tool: row.tool,
    requestedAt: row.requestedAt,
    settledAt: row.settledAt,
    output: row.output,
    problem: row.problem,
    policies: row.policies,
    approval: approval && {
      id: approval.id,
      expiresAt: approval.expiresAt,
      requires: approval.guards.flatMap((guard) => guard.requires),
    },
    questions: approval?.questions?.map(({ text, at, answer }, n) => ({ number: n + 1, text, at, answer })),
  };
}
