import { describe, expect, it } from 'vitest';
import { actionStatuses } from '../../../core/action/action.ts';
import { approvalStatuses } from '../../../core/approval/approval.ts';
import { noteBounce } from '../../../core/approval/note-bounce.ts';
import { overtakenBy, supersedeApproval } from '../../../core/approval/supersede-approval.ts';
import { withdrawApproval } from '../../../core/approval/withdraw-approval.ts';
import { agentId } from '../../../core/id.ts';
import { NOW, someAction, someApproval, someGuard } from '../../harness/facts.ts';
import { expectLegal, refusalOf, whole } from '../whole-change.ts';

const facts = { approval: someApproval(), action: someAction() };

describe('a request taken back', () => {
  it('ends as withdrawn, with its action, by the agent that asked', () => {
    const change = whole(
      withdrawApproval(facts, { agent: facts.action.agent, reason: 'found it in stock' }, NOW),
    );
    expect(change.events.map(({ type }) => type)).toEqual(['approval.withdrawn', 'action.withdrawn']);
    expect(change.events[0]).toMatchObject({
      actor: { kind: 'agent' },
      data: { reason: 'found it in stock' },
    });
    expectLegal(change, 'APPROVAL', approvalStatuses);
    expectLegal(change, 'ACTION', actionStatuses);
  });

  it('is refused to another agent, and once it is decided', () => {
    expect(refusalOf(withdrawApproval(facts, { agent: agentId.parse('agt_other') }, NOW))).toBe('not-yours');
    const decided = { ...facts, approval: someApproval({ status: 'approved' }) };
    expect(refusalOf(withdrawApproval(decided, { agent: facts.action.agent }, NOW))).toBe('not-pending');
  });
});

describe('a request that was overtaken', () => {
  const rules = { guards: [someGuard()], toolHash: facts.action.toolHash };

  it.each([
    ['the same rules', rules, undefined],
    ['another title alone', { ...rules, guards: [someGuard({ title: 'Else' })] }, undefined],
    ['another tool', { ...rules, toolHash: 'h2' }, 'tool-changed'],
    ['no tool', { ...rules, toolHash: undefined }, 'tool-changed'],
    ['no such guard', { ...rules, guards: [] }, 'rules-changed'],
    [
      'another quorum',
      { ...rules, guards: [someGuard({ requires: [{ group: 'board', count: 1 }] })] },
      'rules-changed',
    ],
    ['another assurance', { ...rules, guards: [someGuard({ assurance: 'signed-in' })] }, 'rules-changed'],
  ])('by %s is told so', (_, now, why) => {
    expect(overtakenBy(facts, now)).toBe(why);
  });

  it('ends as superseded, with its action', () => {
    const change = whole(supersedeApproval(facts, 'rules-changed', NOW));
    expect(change.events.map(({ type }) => type)).toEqual(['approval.superseded', 'action.superseded']);
    expectLegal(change, 'APPROVAL', approvalStatuses);
    expectLegal(change, 'ACTION', actionStatuses);
  });
});

describe('mails that came back', () => {
  const asked = { ann: { round: 1, deadline: 0 }, bob: { round: 1, deadline: 0 } };
  const bounced = (people: readonly string[], fields = {}) =>
    noteBounce(someApproval({ asked, ...fields }), { people, why: 'bounce' }, NOW);

  it('are remembered once, with one event', () => {
    const change = whole(bounced(['ann', 'nobody']));
    expect(change.events).toMatchObject([
      { type: 'approval.bounced', data: { people: ['ann'], why: 'bounce' } },
    ]);
    expect(refusalOf(noteBounce(change.result, { people: ['ann'], why: 'bounce' }, NOW))).toBe('known');
    expect(refusalOf(bounced(['ann'], { status: 'denied' }))).toBe('not-pending');
  });

  it('of an earlier round than the newest are left', () => {
    const again = { asked: { ann: { round: 2, deadline: 1 } } };
    const late = noteBounce(someApproval(again), { people: ['ann'], why: 'bounce', round: 1 }, NOW);
    expect(refusalOf(late)).toBe('known');
    const newest = noteBounce(someApproval(again), { people: ['ann'], why: 'bounce', round: 2 }, NOW);
    expect(whole(newest).result.asked).toMatchObject({ ann: { unreached: true } });
  });
});
