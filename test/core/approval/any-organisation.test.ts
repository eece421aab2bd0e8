import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApprovalRow, channels } from '../../../core/approval/approval.ts';
import { type Ballot, castVote } from '../../../core/approval/cast-vote.ts';
import { type Electorate, liftedGuards } from '../../../core/approval/count-votes.ts';
import { assurances, type Guard } from '../../../core/policy/decision.ts';
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
import { whole } from '../whole-change.ts';
import { oracleMayDecide, oracleMeets, oracleWays } from './quorum-oracle.ts';

const ids = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
const groupNames = ['g0', 'g1', 'g2'];
const EXPIRES = 4 * 3600;

/** Who is who at a moment: addresses, living people, members, who stands in for whom. */
type Company = {
  readonly addresses: readonly number[];
  readonly left: readonly string[];
  readonly members: readonly (readonly string[])[];
  readonly standIns: readonly (readonly [string, string])[];
  readonly sponsor: string;
  readonly onBehalfOf: string | undefined;
};

const person = fc.constantFrom(...ids);
const members = fc.array(fc.subarray(ids, { minLength: 2 }), { minLength: 3, maxLength: 3 });
const standIns = fc.array(fc.tuple(person, person), { maxLength: 5 });
const companies = (addresses: fc.Arbitrary<readonly number[]>): fc.Arbitrary<Company> =>
  fc.record({
    addresses,
    left: fc.oneof(fc.constant([]), fc.subarray(ids, { maxLength: 2 })),
    members,
    standIns,
    sponsor: fc.constantFrom('p0', 'p1', 'p6', 'boss'),
    onBehalfOf: fc.constantFrom(undefined, undefined, 'E1@EXAMPLE.COM', 'e2@example.com', 'x@example.com'),
  });
const oneName = companies(fc.constant([0, 1, 2, 3, 4, 5, 6]));
const aliases = companies(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 7, maxLength: 7 }));

/** What a function loads of it: members of the asked groups, their stand-ins, the sponsor, and nobody else. */
function electorateOf(company: Company): Electorate {
  const groups = groupNames.map((name, n) => someGroup(name, company.members[n] ?? []));
  const asked = new Set(company.members.flat());
  const named = new Map(company.standIns);
  const loaded = [...named].filter(([who]) => asked.has(who));
  const known = new Set([...asked, ...loaded.map(([, delegate]) => delegate), company.sponsor]);
  const people = ids
    .map((id, n) =>
      somePerson(id, {
        email: `e${company.addresses[n] ?? n}@example.com`,
        status: company.left.includes(id) ? 'left' : 'active',
      }),
    )
    .filter(({ id }) => known.has(id));
  const { sponsor, onBehalfOf } = company;
  return {
    people,
    groups,
    excluded: onBehalfOf === undefined ? [sponsor] : [sponsor, onBehalfOf],
    standIns: loaded.map(([who, delegate]) => ({ person: who, delegate })),
  };
}

const seat = fc.record({ group: fc.constantFrom(...groupNames), count: fc.constantFrom(1, 1, 2) });
const rung = fc.record({
  group: fc.constantFrom(...groupNames),
  count: fc.constantFrom(1, 2),
  afterSeconds: fc.constantFrom(600, 3600),
});
const guards: fc.Arbitrary<Guard[]> = fc
  .array(
    fc.record({
      requires: fc.uniqueArray(seat, { minLength: 1, maxLength: 2, selector: ({ group }) => group }),
      escalate: fc.array(rung, { maxLength: 2 }),
      assurance: fc.constantFrom(undefined, undefined, undefined, ...assurances),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((drawn) =>
    drawn.map(({ assurance, ...terms }, n) =>
      someGuard({ id: `guard-${n}`, expiresSeconds: EXPIRES, ...terms, ...(assurance && { assurance }) }),
    ),
  );

/** What happens next: somebody votes by some channel, or the company changes. */
type Step = { readonly seconds: number } & (
  { readonly ballot: Omit<Ballot, 'digest'> } | { readonly change: Partial<Company> }
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc
    .record({
      seconds: fc.constantFrom(0, 1, 30, 300, 900),
      what: fc.oneof(
        {
          weight: 6,
          arbitrary: fc.record({
            ballot: fc.record({
              person,
              decision: fc.constantFrom(...Array<'approve'>(24).fill('approve'), 'deny' as const),
              reason: fc.constant('because'),
              channel: fc.constantFrom(...channels),
              assurance: fc.constantFrom(...assurances, 'signed-in' as const),
            }),
          }),
        },
        {
          weight: 1,
          arbitrary: fc
            .oneof(
              fc.record({ members }),
              fc.record({ standIns }),
              fc.record({ left: fc.subarray(ids, { maxLength: 2 }) }),
            )
            .map((change) => ({ change })),
        },
      ),
    })
    .map(({ seconds, what }) => ({ seconds, ...what })),
  { minLength: 2, maxLength: 14 },
);

type Seen = { approved: number; waiting: number; refused: number };

/** Plays one story and holds every answer of the verb against the oracle. */
function play(story: { company: Company; guards: Guard[]; steps: Step[]; exact: boolean }, seen: Seen): void {
  const action = someAction();
  let { company } = story;
  let approval = someApproval({ guards: story.guards, expiresAt: later(EXPIRES).toISOString() });
  let seconds = 0;
  for (const step of story.steps) {
    seconds += step.seconds;
    if ('change' in step) company = { ...company, ...step.change };
    else {
      const electorate = electorateOf(company);
      const at = later(seconds);
      const decided = castVote(
        { approval, action, electorate },
        { ...step.ballot, digest: action.digest },
        at,
      );
      const before = { approval, electorate, at: at.toISOString(), exact: story.exact };
      if ('refused' in decided) {
        seen.refused += 1;
        checkRefusal(before, step.ballot, decided.refused);
        continue;
      }
      approval = checkVote(before, step.ballot.person, whole(decided).result);
      if (approval.status === 'approved') seen.approved += 1;
      else if (approval.status === 'pending') seen.waiting += 1;
    }
  }
  checkExecution(approval, electorateOf(company), story.exact);
}

type Moment = {
  readonly approval: ApprovalRow;
  readonly electorate: Electorate;
  readonly at: string;
  readonly exact: boolean;
};

const seatsAt = ({ approval, at }: Moment) =>
  approval.guards.flatMap((guard) => oracleWays(guard, approval, at).flat());

function checkVote(moment: Moment, voter: string, row: ApprovalRow): ApprovalRow {
  const { approval, electorate, at, exact } = moment;
  expect(approval.status).toBe('pending');
  expect(oracleMayDecide(voter, seatsAt(moment), electorate)).toBe(true);
  expect(approval.votes.map(({ person }) => person)).not.toContain(voter);
  if (row.status === 'denied') return row;
  const cast = { votes: row.votes, waiting: row, at };
  const met = row.guards.every((guard) => oracleMeets(guard, cast, electorate));
  if (row.status === 'approved') expect(met).toBe(true);
  if (exact) expect(row.status === 'approved').toBe(met);
  return row;
}

/** Nobody who has a say is sent away for lack of one. */
function checkRefusal(moment: Moment, { person, decision, assurance }: Omit<Ballot, 'digest'>, code: string) {
  const { approval, electorate, exact } = moment;
  if (code === 'not-pending') return expect(approval.status).not.toBe('pending');
  if (code === 'sign-in-required') {
    expect([decision, assurance]).toEqual(['approve', 'link']);
    return expect(approval.guards.some((guard) => guard.assurance === 'signed-in')).toBe(true);
  }
  const may = oracleMayDecide(person, seatsAt(moment), electorate);
  if (code === 'not-eligible') return exact ? expect(may).toBe(false) : undefined;
  if (code === 'too-late')
    return expect(Date.parse(moment.at)).toBeGreaterThanOrEqual(Date.parse(approval.expiresAt));
  expect(code).toBe('already-voted');
  const address = (id: string) => electorate.people.find((each) => each.id === id)?.email;
  return expect(approval.votes.map((vote) => address(vote.person))).toContain(address(person));
}

/** When it is carried out, the same votes are counted again in the company of that day. */
function checkExecution({ guards, votes, ...waiting }: ApprovalRow, electorate: Electorate, exact: boolean) {
  const at = votes.at(-1)?.at ?? NOW.toISOString();
  const lifted = liftedGuards(guards, { votes, waiting }, electorate);
  for (const guard of guards) {
    const met = oracleMeets(guard, { votes, waiting, at }, electorate);
    if (lifted.includes(guard.id)) expect(met).toBe(true);
    if (exact) expect(lifted.includes(guard.id)).toBe(met);
  }
}

describe('in any company, with members who come and go, stand-ins, ladders and channels', () => {
  const stories = (company: fc.Arbitrary<Company>) => fc.tuple(company, guards, steps);

  it('approves exactly when the people who said yes fill the seats of every guard', () => {
    const seen: Seen = { approved: 0, waiting: 0, refused: 0 };
    fc.assert(
      fc.property(stories(oneName), ([company, guards, steps]) =>
        play({ company, guards, steps, exact: true }, seen),
      ),
      runs(600),
    );
    expect(seen.approved).toBeGreaterThan(60);
    expect(seen.waiting).toBeGreaterThan(60);
    expect(seen.refused).toBeGreaterThan(60);
  });

  it('never counts one human twice, however many names go by one address', () => {
    const seen: Seen = { approved: 0, waiting: 0, refused: 0 };
    fc.assert(
      fc.property(stories(aliases), ([company, guards, steps]) =>
        play({ company, guards, steps, exact: false }, seen),
      ),
      runs(600),
    );
    expect(seen.approved).toBeGreaterThan(40);
  });
});

describe('in a company of few', () => {
  const people = ['ann', 'bob', 'cy'].map((id) => somePerson(id));
  const waiting = { openedAt: NOW.toISOString() };

  it('one human with two names hands out one vote, not two', () => {
    const annAgain = somePerson('ann-again', { email: 'ann@example.com' });
    const electorate = {
      people: [...people, annAgain],
      groups: [someGroup('g0', ['ann']), someGroup('g1', ['ann-again'])],
      excluded: [],
      standIns: [
        { person: 'ann', delegate: 'bob' },
        { person: 'ann-again', delegate: 'cy' },
      ],
    };
    const both = someGuard({ requires: ['g0', 'g1'].map((group) => ({ group, count: 1 })) });
    const votes = [someVote('bob'), someVote('cy')];
    expect(liftedGuards([both], { votes, waiting }, electorate)).toEqual([]);
  });

  it('a word that came by a link lifts nothing once the rules ask for people who signed in', () => {
    const electorate = { people, groups: [someGroup('g0', ['ann'])], excluded: [] };
    const strict = someGuard({ requires: [{ group: 'g0', count: 1 }], assurance: 'signed-in' });
    const lifts = (assurance: 'link' | 'signed-in') =>
      liftedGuards([strict], { votes: [someVote('ann', { assurance })], waiting }, electorate);
    expect(lifts('link')).toEqual([]);
    expect(lifts('signed-in')).toEqual([strict.id]);
  });
});
