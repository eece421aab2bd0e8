import type { Change, Refusal } from '../change.ts';
import { approvalEvent, type ApprovalRow } from './approval.ts';
import type { VoteFacts } from './cast-vote.ts';
import { eligiblePeople } from './count-votes.ts';
import { QUESTION_LENGTH, QUESTIONS } from './question.ts';
import { openSeats } from './ways.ts';

export type AskedQuestion = {
  readonly person: string;
  readonly text: string;
  /** The digest the person was shown: they ask about exactly that. */
  readonly digest: string;
};

export type QuestionRefusal = Refusal<
  'not-pending' | 'too-late' | 'not-eligible' | 'another-action' | 'no-question' | 'too-many'
>;

/** Records what an approver wants to know, for the agent and every other approver to see; it decides nothing. */
export function askQuestion(
  facts: VoteFacts,
  asked: AskedQuestion,
  now: Date,
): Change<ApprovalRow> | QuestionRefusal {
  const { approval } = facts;
  const refusal = findRefusal(facts, asked, now);
  if (refusal) return refusal;
  const question = { person: asked.person, text: asked.text.trim(), at: now.toISOString() };
  const questions = [...(approval.questions ?? []), question];
  const row: ApprovalRow = { ...approval, version: approval.version + 1, questions };
  const by = { actor: { kind: 'person', id: asked.person } as const, now };
  const data = { question: questions.length, text: question.text };
  return {
    writes: [{ kind: 'replace', row, ifVersion: approval.version, ifStatus: ['pending'] }],
    events: [approvalEvent(row, 'approval.questioned', { ...by, data })],
    result: row,
  };
}

function findRefusal(
  { approval, electorate }: VoteFacts,
  { person, text, digest }: AskedQuestion,
  now: Date,
): QuestionRefusal | undefined {
  const may = eligiblePeople(electorate, openSeats(approval.guards, approval, now));
  if (approval.status !== 'pending') {
    return { refused: 'not-pending', detail: `this request is already ${approval.status}` };
  }
  if (now.getTime() >= Date.parse(approval.expiresAt)) {
    return { refused: 'too-late', detail: 'the time to decide is over; nothing was carried out' };
  }
  if (digest !== approval.digest) {
    return { refused: 'another-action', detail: 'this link was made for another request' };
  }
  if (!may.some(({ id }) => id === person)) {
    return { refused: 'not-eligible', detail: 'you are not (or no longer) among those who may decide this' };
  }
  if (!text.trim() || text.trim().length > QUESTION_LENGTH) {
    return { refused: 'no-question', detail: `write a question of at most ${QUESTION_LENGTH} characters` };
  }
  if ((approval.questions?.length ?? 0) >= QUESTIONS) {
    return { refused: 'too-many', detail: `${QUESTIONS} questions were asked: approve or deny now` };
  }
  return undefined;
}
