import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionStatuses } from '../../../core/action/action.ts';
import { approvalOf, approvalStatuses } from '../../../core/approval/approval.ts';
import { type Ballot, castVote, type VoteFacts } from '../../../core/approval/cast-vote.ts';
import { isMet } from '../../../core/approval/count-votes.ts';
import { expireApproval } from '../../../core/approval/expire-approval.ts';
import { peopleToAsk, requestApproval } from '../../../core/approval/request-approval.ts';
import type { Guard } from '../../../core/policy/decision.ts';
import {
  later,
  NOW,
  someAction,
  someApproval,
  someGroup,
  someGuard,
  somePerson,
  someVote,
} from '../../harness/facts.ts';
import { runs } from '../property-runs.ts';
import { expectLegal, refusalOf, rowOf, versioned, whole } from '../whole-change.ts';

const two = someGuard({ id: 'operations-over-10k', requires: [{ group: 'finance', count: 2 }] });
const people = ['ann', 'bob', 'cy', 'vera', 'liam'].map((id) => somePerson(id));
const electorate = {
  people,
  groups: [someGroup('budget-owners', ['ann', 'vera', 'liam']), someGroup('finance', ['ann', 'bob', 'cy'])],
  excluded: ['vera', 'liam@example.com'],
};
const facts = (fields: Partial<VoteFacts> = {}): VoteFacts => ({
  approval: someApproval(),
  action: someAction(),
  electorate,
  ...fields,
});
const ballot = (fields: Partial<Ballot> = {}): Ballot => ({
  person: 'ann',
  decision: 'approve',
  digest: someAction().digest,
  ...fields,
});

describe('a vote', () => {
  it('that meets every guard approves it, with one event that names the person', () => {
    const change = whole(castVote(facts(), ballot({ reason: 'We need it' }), NOW));
    expect(change.result).toMatchObject({ status: 'approved', version: 2 });
    expect(change.events).toEqual([
      expect.objectContaining({
        type: 'approval.approved',
        actor: { kind: 'person', id: 'ann' },
        data: { decision: 'approve', reason: 'We need it', channel: 'page', assurance: 'link', votes: 1 },
      }),
    ]);
    expectLegal(change, 'APPROVAL', approvalStatuses);
  });

  it('that is not enough is counted and waits', () => {
    const change = whole(castVote(facts({ approval: someApproval({ guards: [two] }) }), ballot(), NOW));
    expect(change.result).toMatchObject({ status: 'pending', votes: [{ person: 'ann' }] });
    expect(change.events.map(({ type }) => type)).toEqual(['approval.voted']);
    expectLegal(change, 'APPROVAL', approvalStatuses);
  });

  it('counts for every guard that asks for the person, and each guard must be met', () => {
    const approval = someApproval({ guards: [someGuard(), two] });
    const first = whole(castVote(facts({ approval }), ballot(), NOW));
    expect(first.result.status).toBe('pending');
    const second = whole(castVote(facts({ approval: first.result }), ballot({ person: 'bob' }), NOW));
    expect(second.result).toMatchObject({ status: 'approved', version: 3 });
  });

  it('that says no ends it and closes the action in the same change', () => {
    const approval = someApproval({ guards: [two], votes: [someVote('bob')] });
    const no = ballot({ decision: 'deny', reason: 'Not this year' });
    const change = whole(castVote(facts({ approval }), no, NOW));
    expect(change.events.map(({ type }) => type)).toEqual(['approval.denied', 'action.rejected']);
    expect(rowOf(change, 'APPROVAL')).toMatchObject({ status: 'denied' });
    expect(rowOf(change, 'ACTION')).toMatchObject({
      status: 'rejected',
      settledAt: NOW.toISOString(),
      problem: { code: 'rejected', detail: 'an approver said no: Not this year' },
    });
    expect(rowOf(change, 'ACTION')).not.toHaveProperty('openKind');
    expectLegal(change, 'APPROVAL', approvalStatuses);
    expectLegal(change, 'ACTION', actionStatuses);
  });

  it('never starts the action itself: it is judged afresh first', () => {
    const change = whole(castVote(facts(), ballot(), NOW));
    expect(versioned(change).map(({ row }) => row.sk)).toEqual(['APPROVAL']);
  });

  it.each<[string, Partial<VoteFacts>, Partial<Ballot>, number, string]>([
    ['one already approved', { approval: someApproval({ status: 'approved' }) }, {}, 0, 'not-pending'],
    ['one already denied', { approval: someApproval({ status: 'denied' }) }, {}, 0, 'not-pending'],
    ['one that expired', { approval: someApproval({ status: 'expired' }) }, {}, 0, 'not-pending'],
    ['one that was withdrawn', { approval: someApproval({ status: 'withdrawn' }) }, {}, 0, 'not-pending'],
    ['one whose time is just over', {}, {}, 3600, 'too-late'],
    ['another request than was shown', {}, { digest: 'd2' }, 0, 'another-action'],
    ['a request that changed since', { approval: someApproval({ digest: 'd2' }) }, {}, 0, 'another-action'],
    ['somebody nobody knows', {}, { person: 'eve' }, 0, 'not-eligible'],
    ['a member of another group', {}, { person: 'bob' }, 0, 'not-eligible'],
    ['the sponsor', {}, { person: 'vera' }, 0, 'not-eligible'],
    ['the person acted for', {}, { person: 'liam' }, 0, 'not-eligible'],
    [
      'the same person again',
      { approval: someApproval({ guards: [two], votes: [someVote('ann')] }) },
      {},
      0,
      'already-voted',
    ],
    [
      'the same person, now with a no',
      { approval: someApproval({ guards: [two], votes: [someVote('ann')] }) },
      { decision: 'deny', reason: 'x' },
      0,
      'already-voted',
    ],
    ['a no without a reason', {}, { decision: 'deny' }, 0, 'reason-required'],
    ['a no with an empty reason', {}, { decision: 'deny', reason: ' \n' }, 0, 'reason-required'],
  ])('is refused for %s', (_, fields, vote, seconds, code) => {
    expect(refusalOf(castVote(facts(fields), ballot(vote), later(seconds)))).toBe(code);
  });

  it('is refused for a person who voted under another name', () => {
    const left = somePerson('ann', { status: 'left' });
    const again = somePerson('ann-2', { email: left.email });
    const other = {
      ...electorate,
      people: [left, again, somePerson('bob')],
      groups: [someGroup('finance', ['ann', 'ann-2', 'bob'])],
    };
    const approval = someApproval({ guards: [two], votes: [someVote('ann')] });
    const vote = castVote(facts({ approval, electorate: other }), ballot({ person: 'ann-2' }), NOW);
    expect(refusalOf(vote)).toBe('already-voted');
  });

  it('is taken until the very last moment', () => {
    expect(whole(castVote(facts(), ballot(), later(3599))).result.status).toBe('approved');
  });

  it('no longer counts when the voter left meanwhile', () => {
    const approval = someApproval({ guards: [two], votes: [someVote('bob')] });
    const gone = {
      ...electorate,
      people: people.map((each) => (each.id === 'bob' ? somePerson('bob', { status: 'left' }) : each)),
    };
    expect(whole(castVote(facts({ approval, electorate: gone }), ballot(), NOW)).result.status).toBe(
      'pending',
    );
  });
});

describe('any sequence of votes', () => {
  const cast = fc.array(
    fc.record({
      person: fc.constantFrom('ann', 'bob', 'cy', 'vera', 'liam', 'eve'),
      decision: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'deny' as const),
      digest: fc.constantFrom(someAction().digest, someAction().digest, someAction().digest, 'd2'),
      reason: fc.constantFrom('because', ''),
    }),
    { maxLength: 8 },
  );
  const guards = fc.constantFrom<Guard[]>([someGuard()], [two], [someGuard(), two]);

  it('approves only by a met quorum, stays ended, and leaves one event per version', () => {
    fc.assert(
      fc.property(guards, cast, (guards, ballots) => {
        let approval = someApproval({ guards });
        for (const each of ballots) {
          const decided = castVote(facts({ approval }), each, NOW);
          if ('refused' in decided) continue;
          expect(approval.status).toBe('pending');
          approval = whole(decided).result;
          expectLegal(decided, 'APPROVAL', approvalStatuses);
        }
        const voters = approval.votes.map(({ person }) => person);
        expect(new Set(voters).size).toBe(voters.length);
        expect(approval.version).toBe(1 + voters.length);
        expect(voters).not.toEqual(expect.arrayContaining(['vera']));
        const met = guards.every(({ requires }) => isMet(requires, approval.votes, electorate));
        const no = approval.votes.some(({ decision }) => decision === 'deny');
        expect(approval.status).toBe(no ? 'denied' : met ? 'approved' : 'pending');
      }),
      runs(200),
    );
  });
});

describe('an approval nobody decided', () => {
  it('expires at its deadline and closes the action in the same change', () => {
    const change = whole(
      expireApproval({ approval: someApproval(), action: someAction() }, 'deadline', later(3600)),
    );
    expect(change.events.map(({ type }) => type)).toEqual(['approval.expired', 'action.expired']);
    expect(rowOf(change, 'ACTION')).toMatchObject({
      status: 'expired',
      problem: { code: 'expired', detail: 'nobody decided in time' },
    });
    expect(rowOf(change, 'ACTION')).not.toHaveProperty('openSince');
    expectLegal(change, 'APPROVAL', approvalStatuses);
    expectLegal(change, 'ACTION', actionStatuses);
  });

  it('may end before its deadline only because nobody could be reached', () => {
    const facts = { approval: someApproval(), action: someAction() };
    expect(refusalOf(expireApproval(facts, 'deadline', later(3599)))).toBe('too-early');
    const change = whole(expireApproval(facts, 'unreachable', NOW));
    expect(change.events.map(({ type }) => type)).toEqual(['approval.unreachable', 'action.unreachable']);
  });

  it.each(['approved', 'denied', 'expired', 'withdrawn'] as const)('stays %s once it is', (status) => {
    const facts = { approval: someApproval({ status }), action: someAction() };
    for (const why of ['deadline', 'unreachable'] as const) {
      expect(refusalOf(expireApproval(facts, why, later(9999)))).toBe('not-pending');
    }
  });
});

describe('asking for approval', () => {
  const links = [
    { person: 'ann', secretHash: 'h-ann' },
    { person: 'bob', secretHash: 'h-bob' },
  ];
  const asked = () =>
    whole(requestApproval(someApproval(), { token: 'task-token', deadline: 0, links }, NOW));

  it('records who is asked, in which round, and nothing secret', () => {
    const change = asked();
    expect(change.result).toMatchObject({ round: 1, version: 2, status: 'pending' });
    expect(change.events).toEqual([
      expect.objectContaining({
        type: 'approval.requested',
        data: { round: 1, what: 'open', asked: ['ann', 'bob'] },
      }),
    ]);
    expect(JSON.stringify(change.events)).not.toMatch(/task-token|h-ann|h-bob/);
    expect(JSON.stringify(change.result)).not.toMatch(/task-token|h-ann|h-bob/);
  });

  it('binds each link to person, approval, action, digest and round, and lets it die a month after', () => {
    const puts = asked().writes.flatMap((write) => (write.kind === 'put' ? [write.row] : []));
    const { id, action, digest } = someApproval();
    const ttl = (NOW.getTime() + 3_600_000) / 1000 + 30 * 86_400;
    expect(puts).toContainEqual({
      pk: 'LINK#h-ann',
      sk: 'LINK',
      v: 1,
      approval: id,
      action,
      person: 'ann',
      digest,
      round: 1,
      ttl,
    });
    expect(puts).toContainEqual(
      expect.objectContaining({ sk: 'WAITER', token: 'task-token', pk: someApproval().pk }),
    );
    expect(puts).toHaveLength(3);
  });

  it('in a further round counts on, so that the links of the one before are dead', () => {
    const again = whole(requestApproval(asked().result, { token: 't2', deadline: 0, links }, later(60)));
    expect(again.result.round).toBe(2);
  });

  it.each(['approved', 'denied', 'expired', 'withdrawn'] as const)('is refused once it is %s', (status) => {
    const decided = requestApproval(someApproval({ status }), { token: 't', deadline: 0, links }, NOW);
    expect(refusalOf(decided)).toBe('not-pending');
  });

  it('goes to everyone eligible for any seat, and to nobody else', () => {
    const approval = someApproval({ guards: [someGuard(), two] });
    expect(peopleToAsk(approval, electorate, { deadline: 0, now: NOW }).map(({ id }) => id)).toEqual([
      'ann',
      'bob',
      'cy',
    ]);
  });
});

describe('the approval a held action opens', () => {
  it('waits as long as the most urgent guard allows, and is bound to the action', () => {
    const action = someAction();
    const { row, event } = approvalOf(
      action,
      [someGuard({ expiresSeconds: 7200 }), someGuard({ id: 'b', expiresSeconds: 60 })],
      NOW,
    );
    expect(row).toMatchObject({
      status: 'pending',
      round: 0,
      votes: [],
      digest: action.digest,
      action: action.id,
      expiresAt: later(60).toISOString(),
    });
    expect(event).toMatchObject({
      type: 'approval.opened',
      subject: row.pk,
      version: 1,
      data: { guards: [someGuard().id, 'b'] },
    });
  });
});
