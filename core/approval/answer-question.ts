import type { Change, Refusal } from '../change.ts';
import type { AgentId } from '../id.ts';
import { approvalEvent, type ApprovalRow } from './approval.ts';

export type GivenAnswer = {
  readonly agent: AgentId;
  /** Its number, from 1. */
  readonly question: number;
  readonly text: string;
};

/** Records an agent's answer to one question, once; approvers see it as the agent's own words. */
export function answerQuestion(
  approval: ApprovalRow,
  { agent, question, text }: GivenAnswer,
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending' | 'no-such-question' | 'answered'> {
  const asked = approval.questions?.[question - 1];
  if (approval.status !== 'pending' || now.getTime() >= Date.parse(approval.expiresAt)) {
    return { refused: 'not-pending', detail: 'this request is decided or out of time: nobody waits for it' };
  }
  if (!asked) return { refused: 'no-such-question', detail: `there is no question ${question}` };
  if (asked.answer) return { refused: 'answered', detail: `question ${question} was answered before` };
  const answer = { text: text.trim(), at: now.toISOString() };
  const questions = approval.questions?.with(question - 1, { ...asked, answer });
  const row: ApprovalRow = { ...approval, version: approval.version + 1, questions };
  const by = { actor: { kind: 'agent', id: agent } as const, now };
  return {
    writes: [{ kind: 'replace', row, ifVersion: approval.version, ifStatus: ['pending'] }],
    events: [approvalEvent(row, 'approval.answered', { ...by, data: { question, text: answer.text } })],
    result: row,
  };
}
