import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Vote } from '../../../core/approval/approval.ts';
import {
  eligibleMembers,
  eligiblePeople,
  type Electorate,
  isMet,
  liftedGuards,
} from '../../../core/approval/count-votes.ts';
import type { Requirement } from '../../../core/policy/decision.ts';
import { NOW, someGroup, someGuard, somePerson, someVote } from '../../harness/facts.ts';
import { runs } from '../property-runs.ts';

const people = ['ann', 'bob', 'cy', 'dee'].map((id) => somePerson(id));
const organisation = (fields: Partial<Electorate> = {}): Electorate => ({
  people,
  groups: [someGroup('finance', ['ann', 'bob']), someGroup('board', ['bob', 'cy'])],
  excluded: [],
  ...fields,
});
const yes = (...ids: string[]) => ids.map((id) => someVote(id));
const finance = (count: number): Requirement => ({ group: 'finance', count });
const board = (count: number): Requirement => ({ group: 'board', count });

describe('who may decide', () => {
  const eligible = (fields: Partial<Electorate>, group = 'finance') =>
    eligibleMembers(organisation(fields), group).map(({ id }) => id);

  it.each<[string, Partial<Electorate>, string[]]>([
    ['the members of the group', {}, ['ann', 'bob']],
    ['nobody of a group there is not', { groups: [] }, []],
    ['no member who left', { people: [somePerson('ann', { status: 'left' }), somePerson('bob')] }, ['bob']],
    ['no member nobody knows', { people: [somePerson('bob')] }, ['bob']],
    ['not who is excluded by id', { excluded: ['ann'] }, ['bob']],
    ['not who is excluded by address, in any case', { excluded: ['ANN@Example.com'] }, ['bob']],
    [
      'not who shares an excluded person’s address',
      { people: [somePerson('sponsor', { email: 'ann@example.com' }), ...people], excluded: ['sponsor'] },
      ['bob'],
    ],
    [
      'one person per address',
      { people: [somePerson('ann'), somePerson('bob', { email: 'ann@example.com' })] },
      ['ann'],
    ],
    [
      'the living one of two names for one address',
      {
        people: [
          somePerson('ann', { status: 'left', email: 'x@example.com' }),
          somePerson('bob', { email: 'x@example.com' }),
        ],
      },
      ['bob'],
    ],
  ])('is %s', (_, fields, ids) => {
    expect(eligible(fields)).toEqual(ids);
  });

  it('asks each person once for all the groups', () => {
    const asked = eligiblePeople(organisation(), [finance(1), board(1)]);
    expect(asked.map(({ id }) => id)).toEqual(['ann', 'bob', 'cy']);
  });
});

describe('a quorum', () => {
  it.each<[string, readonly Requirement[], readonly Vote[], boolean]>([
    ['one of two', [finance(1)], yes('bob'), true],
    ['two of two', [finance(2)], yes('ann', 'bob'), true],
    ['one where two are asked for', [finance(2)], yes('ann'), false],
    ['one who votes twice', [finance(2)], yes('ann', 'ann'), false],
    ['somebody of another group', [finance(1)], yes('cy'), false],
    ['nobody', [finance(1)], [], false],
    ['a no', [finance(1)], [someVote('ann', { decision: 'deny' })], false],
    ['a yes beside a no', [finance(2)], [someVote('ann'), someVote('bob', { decision: 'deny' })], false],
    ['one person for two groups', [finance(1), board(1)], yes('bob'), false],
    ['two people for two groups', [finance(1), board(1)], yes('bob', 'cy'), true],
    ['two people who fit only one way round', [board(1), finance(1)], yes('bob', 'ann'), true],
    ['three for three seats', [finance(2), board(1)], yes('ann', 'bob', 'cy'), true],
    ['two for three seats', [finance(2), board(1)], yes('ann', 'bob'), false],
    ['an unknown group', [{ group: 'nobody', count: 1 }], yes('ann'), false],
    ['no requirement at all', [], yes('ann'), false],
  ])('of %s', (_, requires, votes, met) => {
    expect(isMet(requires, votes, organisation())).toBe(met);
  });

  it('lifts exactly the guards whose own requirement is met', () => {
    const guards = [
      someGuard({ id: 'a', requires: [finance(1)] }),
      someGuard({ id: 'b', requires: [finance(2)] }),
      someGuard({ id: 'c', requires: [board(1)] }),
    ];
    expect(
      liftedGuards(guards, { votes: yes('bob'), waiting: { openedAt: NOW.toISOString() } }, organisation()),
    ).toEqual(['a', 'c']);
  });
});

/** Random organisations: some people share an address, some left, some are excluded by id or address. */
const ids = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
const groupNames = ['g0', 'g1', 'g2'];
const organisations = (addresses: fc.Arbitrary<readonly number[]>) =>
  fc
    .record({
      addresses,
      left: fc.subarray(ids),
      members: fc.array(fc.subarray(ids, { minLength: 1 }), { minLength: 3, maxLength: 3 }),
      excluded: fc.subarray(['p0', 'p1', 'E0@EXAMPLE.COM', 'e2@example.com', 'nobody']),
    })
    .map(({ addresses, left, members, excluded }): Electorate => ({
      people: ids.map((id, n) =>
        somePerson(id, {
          email: `e${addresses[n] ?? n}@example.com`,
          status: left.includes(id) && n > 1 ? 'left' : 'active',
        }),
      ),
      groups: groupNames.map((name, n) => someGroup(name, members[n] ?? [])),
      excluded,
    }));
const shared = organisations(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 6, maxLength: 6 }));
const distinct = organisations(fc.constant([0, 1, 2, 3, 4, 5]));
const requirements = fc
  .subarray(groupNames, { minLength: 1 })
  .chain((groups) =>
    fc.tuple(...groups.map((group) => fc.integer({ min: 1, max: 3 }).map((count) => ({ group, count })))),
  );
const votes = fc
  .array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom('approve', 'approve', 'approve', 'deny')), {
    maxLength: 7,
  })
  .map((cast) => cast.map(([person, decision]) => someVote(person, { decision })));

/** By trying every way to seat people, by address: the plain meaning of a quorum. */
function seatable(
  requires: readonly Requirement[],
  cast: readonly Vote[],
  { people, groups, excluded }: Electorate,
) {
  const out = new Set(excluded.map((who) => who.toLowerCase()));
  const banned = new Set(
    people.filter(({ id, email }) => out.has(id) || out.has(email)).map(({ email }) => email),
  );
  const willing = (group: string) => {
    const members = groups.find(({ id }) => id === group)?.members ?? [];
    const said = cast.filter(({ decision }) => decision === 'approve').map(({ person }) => person);
    const fit = people.filter(
      ({ id, email, status }) =>
        members.includes(id) && said.includes(id) && status === 'active' && !banned.has(email),
    );
    return [...new Set(fit.map(({ email }) => email))];
  };
  const seats = requires.flatMap(({ group, count }) => Array.from({ length: count }, () => willing(group)));
  const seat = (n: number, taken: ReadonlySet<string>): boolean =>
    n === seats.length ||
    (seats[n] ?? []).some((person) => !taken.has(person) && seat(n + 1, new Set([...taken, person])));
  return seat(0, new Set());
}

describe('in any organisation a quorum', () => {
  it('is never met by fewer distinct, eligible, approving people than it asks for', () => {
    fc.assert(
      fc.property(shared, requirements, votes, (electorate, requires, cast) => {
        if (isMet(requires, cast, electorate)) expect(seatable(requires, cast, electorate)).toBe(true);
      }),
      runs(500),
    );
  });

  it('is met exactly when the people who approved can be seated, where nobody goes by two names', () => {
    let met = 0;
    fc.assert(
      fc.property(distinct, requirements, votes, (electorate, requires, cast) => {
        const seated = seatable(requires, cast, electorate);
        if (seated) met += 1;
        expect(isMet(requires, cast, electorate)).toBe(seated);
      }),
      runs(500),
    );
    expect(met).toBeGreaterThan(20);
  });

  it('is not met by a no, nor lost by one more yes', () => {
    fc.assert(
      fc.property(
        shared,
        requirements,
        votes,
        fc.constantFrom(...ids),
        (electorate, requires, cast, person) => {
          const before = isMet(requires, cast, electorate);
          expect(isMet(requires, [...cast, someVote(person, { decision: 'deny' })], electorate)).toBe(before);
          if (before) expect(isMet(requires, [...cast, someVote(person)], electorate)).toBe(true);
        },
      ),
      runs(200),
    );
  });

  it('never counts the sponsor or the person acted for, whatever name or group they have', () => {
    fc.assert(
      fc.property(shared, requirements, (electorate, requires) => {
        const out = { ...electorate, excluded: ['P0', 'p1', 'e2@example.com'] };
        const addresses = [0, 1].map((n) => electorate.people[n]?.email);
        for (const { email } of eligiblePeople(out, requires)) {
          expect([...addresses, 'e2@example.com']).not.toContain(email);
        }
      }),
      runs(200),
    );
  });
});
