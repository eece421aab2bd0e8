import type { ApprovalRow, Vote } from '../../../core/approval/approval.ts';
import type { Electorate } from '../../../core/approval/count-votes.ts';
import type { PersonRow } from '../../../core/governance/person.ts';
import type { Guard, Requirement } from '../../../core/policy/decision.ts';

type Waiting = Pick<ApprovalRow, 'openedAt' | 'hastenedSeconds'>;

/** One yes that may fill a seat: whose word it is, and for whom it is given; both by address. */
type Voice = { readonly by: string; readonly for: string };

/**
 * What a quorum means, told a second time and by trying everything: no matching, no indexes, nothing shared with the
 * code it judges. A guard is met when each seat of one of its ways goes to a yes of its own, no address speaks twice
 * and no address is spoken for twice.
 */
export function oracleMeets(
  guard: Guard,
  cast: { readonly votes: readonly Vote[]; readonly waiting: Waiting; readonly at: string },
  electorate: Electorate,
): boolean {
  const yes = cast.votes.filter(({ decision }) => decision === 'approve');
  if (guard.assurance === 'signed-in' && yes.some(({ assurance }) => assurance !== 'signed-in')) return false;
  return oracleWays(guard, cast.waiting, cast.at).some((way) => {
    const seats = way.flatMap(({ group, count }) => Array<string>(count).fill(group));
    return seats.length > 0 && seatAll(seats, { votes: cast.votes, electorate }, []);
  });
}

/** The guard's own seats, and each rung whose time has come. */
export function oracleWays(guard: Guard, waiting: Waiting, at: string): (readonly Requirement[])[] {
  const ways: (readonly Requirement[])[] = [guard.requires];
  for (const rung of guard.escalate ?? []) {
    const opens = Date.parse(waiting.openedAt) + rung.afterSeconds * 1000;
    const early = rung.afterSeconds <= (waiting.hastenedSeconds ?? 0);
    if (early || opens <= Date.parse(at)) ways.push([{ group: rung.group, count: rung.count }]);
  }
  return ways;
}

type Cast = { readonly votes: readonly Vote[]; readonly electorate: Electorate };

function seatAll(seats: readonly string[], cast: Cast, taken: readonly Voice[]): boolean {
  const [group, ...rest] = seats;
  if (group === undefined) return true;
  return voicesFor(group, cast).some((voice) => {
    const free = taken.every((other) => other.by !== voice.by && other.for !== voice.for);
    return free && seatAll(rest, cast, [...taken, voice]);
  });
}

function voicesFor(group: string, { votes, electorate }: Cast): Voice[] {
  const said = new Map(votes.map(({ person, decision }) => [person, decision]));
  return oracleMembers(group, electorate).flatMap((member): Voice[] => {
    if (said.get(member.id) === 'approve') return [{ by: member.email, for: member.email }];
    const names = electorate.people.filter(({ email }) => email === member.email);
    if (names.some(({ id }) => said.has(id))) return [];
    const delegates = oracleDelegates(member, electorate);
    return delegates
      .filter(({ id }) => said.get(id) === 'approve')
      .map(({ email }) => ({ by: email, for: member.email }));
  });
}

const oracleMembers = (group: string, electorate: Electorate): PersonRow[] =>
  electorate.groups
    .filter(({ id }) => id === group)
    .flatMap(({ members }) => electorate.people.filter(({ id }) => members.includes(id)))
    .filter((person) => mayVote(person, electorate));

const oracleDelegates = (member: PersonRow, electorate: Electorate): PersonRow[] =>
  (electorate.standIns ?? [])
    .filter(({ person }) => livingNames(member, electorate).includes(person))
    .flatMap(({ delegate }) => electorate.people.filter(({ id }) => id === delegate))
    .filter((delegate) => delegate.email !== member.email && mayVote(delegate, electorate));

const livingNames = ({ email }: PersonRow, { people }: Electorate) =>
  people.filter((each) => each.email === email && each.status === 'active').map(({ id }) => id);

/** Living, and neither by name nor by address somebody who must keep out. */
function mayVote({ status, email }: PersonRow, { people, excluded }: Electorate): boolean {
  const names = people.filter((other) => other.email === email).map(({ id }) => id);
  return status === 'active' && ![...names, email].some((name) => isNamed(name, excluded));
}

const isNamed = (name: string, excluded: readonly string[]) =>
  excluded.some((who) => who.toLowerCase() === name.toLowerCase());

/** Whether this person has a say at all: a member of an open seat's group, or in such a member's place. */
export function oracleMayDecide(
  person: string,
  seats: readonly Requirement[],
  electorate: Electorate,
): boolean {
  return seats.some(({ group }) =>
    oracleMembers(group, electorate).some(
      (member) => member.id === person || oracleDelegates(member, electorate).some(({ id }) => id === person),
    ),
  );
}
