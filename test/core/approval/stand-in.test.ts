import { describe, expect, it } from 'vitest';
import { castVote } from '../../../core/approval/cast-vote.ts';
import { eligiblePeople, isMet } from '../../../core/approval/count-votes.ts';
import { isStandingIn, standIn } from '../../../core/approval/stand-in.ts';
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
import { refusalOf, whole } from '../whole-change.ts';

const people = ['ann', 'bob', 'dee', 'eve'].map((id) => somePerson(id));
const finance = (count: number) => [{ group: 'finance', count }];
const electorate = (standIns: Record<string, string>, excluded: readonly string[] = []) => ({
  people,
  groups: [someGroup('finance', ['ann', 'bob'])],
  excluded,
  standIns: Object.entries(standIns).map(([person, delegate]) => ({ person, delegate })),
});
const yes = (...ids: string[]) => ids.map((id) => someVote(id));

describe('a stand-in', () => {
  it.each([
    ['counts for whom it stands in for', { ann: 'dee' }, [], 1, yes('dee'), true],
    ['fills one seat though it stands in for two', { ann: 'dee', bob: 'dee' }, [], 2, yes('dee'), false],
    ['fills a seat beside another member', { ann: 'dee' }, [], 2, yes('dee', 'bob'), true],
    ['counts for nothing beside the one it stands in for', { ann: 'dee' }, [], 2, yes('ann', 'dee'), false],
    ['gives a member no second seat', { ann: 'bob' }, [], 2, yes('bob'), false],
    ['does not pass on', { ann: 'dee', dee: 'eve' }, [], 1, yes('eve'), false],
    ['is never the requester', { ann: 'dee' }, ['dee@example.com'], 1, yes('dee'), false],
    ['of the requester counts for nothing', { ann: 'dee' }, ['ann'], 1, yes('dee'), false],
    ['nobody named counts for nothing', {}, [], 1, yes('dee'), false],
  ])('%s', (_, standIns, excluded, count, votes, met) => {
    expect(isMet(finance(count), votes, electorate(standIns, excluded))).toBe(met);
  });

  it('is among those who may decide, and its word is recorded under its own name', () => {
    const organisation = electorate({ ann: 'dee' });
    expect(eligiblePeople(organisation, finance(1)).map(({ id }) => id)).toEqual(['ann', 'bob', 'dee']);
    const approval = someApproval({ guards: [someGuard({ requires: finance(1) })] });
    const facts = { approval, action: someAction(), electorate: organisation };
    const change = whole(
      castVote(facts, { person: 'dee', decision: 'approve', digest: approval.digest }, NOW),
    );
    expect(change.result).toMatchObject({ status: 'approved', votes: [{ person: 'dee' }] });
  });

  it('is named for a time, with one event, and ended by naming an end that is past', () => {
    const facts = { person: somePerson('ann'), delegate: somePerson('dee'), current: undefined };
    const named = whole(standIn(facts, later(86_400), NOW));
    expect(named.events).toMatchObject([{ type: 'person.stand-in', actor: { kind: 'person', id: 'ann' } }]);
    expect([NOW, later(86_399), later(86_400)].map((at) => isStandingIn(named.result, at))).toEqual([
      true,
      true,
      false,
    ]);
    const ended = whole(standIn({ ...facts, current: named.result }, NOW, later(10)));
    expect([ended.result.version, isStandingIn(ended.result, later(10))]).toEqual([2, false]);
  });

  it.each([
    ['someone who left', somePerson('dee', { status: 'left' }), 1, 'unknown-person'],
    ['nobody', undefined, 1, 'unknown-person'],
    ['oneself under another id', somePerson('ann-2', { email: 'ann@example.com' }), 1, 'yourself'],
    ['anyone for 31 days', somePerson('dee'), 31, 'too-long'],
  ])('can not be %s', (_, delegate, days, refused) => {
    const facts = { person: somePerson('ann'), delegate, current: undefined };
    expect(refusalOf(standIn(facts, later(days * 86_400), NOW))).toBe(refused);
  });
});

describe('assurance', () => {
  const approval = someApproval({ guards: [someGuard({ requires: finance(1), assurance: 'signed-in' })] });
  const facts = { approval, action: someAction(), electorate: electorate({}) };
  const ballot = { person: 'ann', decision: 'approve', digest: approval.digest } as const;

  it('of a guard that asks people to sign in refuses a yes by link and takes a no', () => {
    expect(refusalOf(castVote(facts, ballot, NOW))).toBe('sign-in-required');
    const signed = whole(castVote(facts, { ...ballot, assurance: 'signed-in', channel: 'inbox' }, NOW));
    expect(signed.result).toMatchObject({
      status: 'approved',
      votes: [{ channel: 'inbox', assurance: 'signed-in' }],
    });
    const no = whole(castVote(facts, { ...ballot, decision: 'deny', reason: 'not now' }, NOW));
    expect(no.result.status).toBe('denied');
  });
});
