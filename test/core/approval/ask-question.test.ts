import { describe, expect, it } from 'vitest';
import { answerQuestion } from '../../../core/approval/answer-question.ts';
import { askQuestion } from '../../../core/approval/ask-question.ts';
import { agentId } from '../../../core/id.ts';
import { later, NOW, someAction, someApproval, someGroup, somePerson } from '../../harness/facts.ts';

const people = ['ada', 'cleo'].map((id) => somePerson(id));
const electorate = { people, groups: [someGroup('budget-owners', ['ada'])], excluded: [] };
const facts = (fields: object = {}) => ({
  approval: someApproval(fields),
  action: someAction(),
  electorate,
});
const asked = { person: 'ada', text: ' Why now? ', digest: someAction().digest };
const question = { person: 'ada', text: 'Why now?', at: NOW.toISOString() };

describe('a question', () => {
  it('is one more version of the approval, with its event, and ends nothing', () => {
    const change = askQuestion(facts(), asked, NOW);
    expect(change).toMatchObject({
      result: { status: 'pending', version: 2, votes: [], questions: [question] },
      events: [{ type: 'approval.questioned', actor: { kind: 'person', id: 'ada' }, version: 2 }],
    });
  });

  it.each([
    ['not-pending', { status: 'denied' }, {}, 0],
    ['too-late', {}, {}, 3600],
    ['another-action', {}, { digest: 'x' }, 0],
    ['not-eligible', {}, { person: 'cleo' }, 0],
    ['no-question', {}, { text: ' ' }, 0],
    ['no-question', {}, { text: 'x'.repeat(501) }, 0],
    ['too-many', { questions: Array.from({ length: 20 }, () => question) }, {}, 0],
  ])('is refused: %s', (refused, fields, given, seconds) => {
    expect(askQuestion(facts(fields), { ...asked, ...given }, later(seconds))).toMatchObject({ refused });
  });
});

describe('an answer', () => {
  const agent = agentId.parse('agt_buyer');
  const answer = { agent, question: 1, text: 'The shelf is empty' };

  it('stands with its question, as the agent’s', () => {
    const change = answerQuestion(someApproval({ questions: [question] }), answer, NOW);
    expect(change).toMatchObject({
      result: { questions: [{ ...question, answer: { text: 'The shelf is empty' } }] },
      events: [{ type: 'approval.answered', actor: { kind: 'agent', id: agent } }],
    });
  });

  it.each([
    ['no-such-question', [], 0],
    ['answered', [{ ...question, answer: { text: 'x', at: NOW.toISOString() } }], 0],
    ['not-pending', [question], 3600],
  ])('is refused: %s', (refused, questions, seconds) => {
    expect(answerQuestion(someApproval({ questions }), answer, later(seconds))).toMatchObject({ refused });
  });
});
