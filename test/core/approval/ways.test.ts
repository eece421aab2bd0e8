import { describe, expect, it } from 'vitest';
import { liftedGuards } from '../../../core/approval/count-votes.ts';
import { hastened, peopleToAsk, roundsOf } from '../../../core/approval/request-approval.ts';
import { deadlinesOf, groupsOf, waysOf } from '../../../core/approval/ways.ts';
import { later, NOW, someApproval, someGroup, someGuard, somePerson, someVote } from '../../harness/facts.ts';

const HOUR = 3600;
const ladder = [
  { group: 'leads', count: 1, afterSeconds: HOUR },
  { group: 'cfo', count: 1, afterSeconds: 3 * HOUR },
];
const guard = someGuard({
  requires: [{ group: 'finance', count: 2 }],
  expiresSeconds: 8 * HOUR,
  escalate: ladder,
});
const waiting = { openedAt: NOW.toISOString() };
const electorate = {
  people: ['ann', 'bob', 'lea', 'cleo'].map((id) => somePerson(id)),
  groups: [someGroup('finance', ['ann', 'bob']), someGroup('leads', ['lea']), someGroup('cfo', ['cleo'])],
  excluded: [],
};
const lifts = (person: string, seconds: number, hastenedSeconds?: number) => {
  const votes = [someVote(person, { at: later(seconds).toISOString() })];
  const since = { ...waiting, ...(hastenedSeconds !== undefined && { hastenedSeconds }) };
  return liftedGuards([guard], { votes, waiting: since }, electorate).length > 0;
};

describe('an escalation ladder', () => {
  it.each([
    ['a lead before the rung opens', 'lea', HOUR - 1, undefined, false],
    ['a lead from its moment on', 'lea', HOUR, undefined, true],
    ['the cfo before the second rung', 'cleo', 3 * HOUR - 1, undefined, false],
    ['the cfo from the second rung on', 'cleo', 3 * HOUR, undefined, true],
    ['a lead when the rung was hastened', 'lea', 60, HOUR, true],
    ['the cfo when only the first rung was hastened', 'cleo', 60, HOUR, false],
    ['one of the two from finance, however late', 'ann', 7 * HOUR, undefined, false],
  ])('counts %s', (_, person, seconds, hastenedSeconds, lifted) => {
    expect(lifts(person, seconds, hastenedSeconds)).toBe(lifted);
  });

  it('leaves the first way open', () => {
    expect(waysOf(guard, waiting, later(HOUR))).toEqual([
      [{ group: 'finance', count: 2 }],
      [{ group: 'leads', count: 1 }],
    ]);
    expect(groupsOf([guard])).toEqual(['finance', 'leads', 'cfo']);
  });
});

describe('the deadlines of an approval', () => {
  it('are its opening, each rung and one reminder in the last quarter', () => {
    expect(deadlinesOf([guard], 8 * HOUR)).toEqual([
      { afterSeconds: 0, what: 'open' },
      { afterSeconds: HOUR, what: 'escalate' },
      { afterSeconds: 3 * HOUR, what: 'escalate' },
      { afterSeconds: 7 * HOUR, what: 'remind' },
    ]);
  });

  it('leave out rungs after the end, and a reminder that comes too soon after the asking', () => {
    expect(deadlinesOf([guard], 1000)).toEqual([{ afterSeconds: 0, what: 'open' }]);
  });
});

describe('who is asked', () => {
  const approval = someApproval({
    guards: [guard],
    expiresAt: later(8 * HOUR).toISOString(),
    asked: { ann: { round: 1, deadline: 0 }, bob: { round: 1, deadline: 0 } },
    votes: [someVote('ann')],
  });
  const asks = (deadline: number, seconds: number) =>
    peopleToAsk(approval, electorate, { deadline, now: later(seconds) }).map(({ id }) => id);

  it('are at a rung those who were not asked before, and at a reminder all who did not vote', () => {
    expect(roundsOf(approval).map(({ what }) => what)).toEqual(['open', 'escalate', 'escalate', 'remind']);
    expect(asks(1, HOUR)).toEqual(['lea']);
    expect(asks(2, 3 * HOUR)).toEqual(['lea', 'cleo']);
    expect(asks(3, 7 * HOUR)).toEqual(['bob', 'lea', 'cleo']);
  });

  it('are the same when the step is tried again', () => {
    expect(asks(0, 1)).toEqual(['bob']);
  });

  it('are those of a rung before its time when nobody could be reached', () => {
    const early = hastened(approval, 1, later(60));
    expect(early.hastenedSeconds).toBe(HOUR);
    expect(peopleToAsk(early, electorate, { deadline: 1, now: later(60) }).map(({ id }) => id)).toEqual([
      'lea',
    ]);
    expect(hastened(approval, 1, later(HOUR))).toBe(approval);
  });
});
