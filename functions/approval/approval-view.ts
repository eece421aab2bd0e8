import type { ApprovalRow } from '../../core/approval/approval.ts';
import { type Severity, severityOf } from '../../core/policy/decision.ts';

/** One approval as administrators see it: what is asked, of whom, and what they said. No link, digest or input. */
export type ApprovalView = Pick<
  ApprovalRow,
  'id' | 'action' | 'tool' | 'agent' | 'unit' | 'status' | 'openedAt' | 'expiresAt' | 'votes'
> & {
  readonly severity: Severity;
  readonly guards: readonly Pick<
    ApprovalRow['guards'][number],
    'id' | 'title' | 'requires' | 'escalate' | 'assurance'
  >[];
  /** Who was asked, by which deadline last (0 is the opening), and whether the mail arrived as far as is known. */
  readonly asked: readonly {
    readonly person: string;
    readonly deadline: number;
    readonly reached: boolean;
  }[];
  readonly questions: NonNullable<ApprovalRow['questions']>;
};

export function approvalView(row: ApprovalRow): ApprovalView {
  const { id, action, tool, agent, unit, status, openedAt, expiresAt, votes, questions = [] } = row;
  return {
    ...{ id, action, tool, agent, unit, status, openedAt, expiresAt, votes, questions },
    severity: severityOf(row.guards),
    guards: row.guards.map(({ id, title, requires, escalate, assurance }) => ({
      id,
      title,
      requires,
      escalate,
      assurance,
    })),
    asked: Object.entries(row.asked ?? {}).map(([person, { deadline, unreached }]) => ({
      person,
      deadline,
      reached: unreached === undefined,
    })),
  };
}
