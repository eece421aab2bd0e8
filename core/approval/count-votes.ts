import type { GroupRow, PersonRow } from '../governance/person.ts';
import type { Guard, Requirement } from '../policy/decision.ts';
import type { Vote } from './approval.ts';
import type { StandInRow } from './stand-in.ts';
import { type Waiting, waysOf } from './ways.ts';

/** The organisation as it is now, and who must keep out of this decision. */
export type Electorate = {
  readonly people: readonly PersonRow[];
  readonly groups: readonly GroupRow[];
  /** Ids and e-mail addresses: the agent's sponsor, the person acted for, who alone made the rules of today. */
  readonly excluded: readonly string[];
  /** Who decides in whose place now. */
  readonly standIns?: readonly Pick<StandInRow, 'person' | 'delegate'>[];
};

/** Who may vote for a group's seats now: its living members, less the excluded, one per e-mail address. */
export function eligibleMembers(electorate: Electorate, group: string): readonly PersonRow[] {
  const members = electorate.groups.find(({ id }) => id === group)?.members ?? [];
  const excluded = excludedPeople(electorate);
  const seen = new Set<string>();
  return electorate.people.filter((person) => {
    const counts = members.includes(person.id) && person.status === 'active' && !isExcluded(person, excluded);
    if (!counts || seen.has(person.email)) return false;
    seen.add(person.email);
    return true;
  });
}

/** Excluding a person excludes everyone who shares that person's address, whatever id they go by. */
function excludedPeople({ people, excluded }: Electorate): ReadonlySet<string> {
  const named = new Set(excluded.map((who) => who.toLowerCase()));
  const addresses = people
    .filter(({ id, email }) => named.has(id) || named.has(email))
    .map(({ email }) => email);
  return new Set([...named, ...addresses]);
}

const isExcluded = ({ id, email }: PersonRow, excluded: ReadonlySet<string>) =>
  excluded.has(id) || excluded.has(email);

/** Everyone who may decide about any of these seats: eligible members, and who stands in for them; one per address. */
export function eligiblePeople(
  electorate: Electorate,
  requires: readonly Requirement[],
): readonly PersonRow[] {
  const byEmail = new Map<string, PersonRow>();
  const members = requires.flatMap(({ group }) => eligibleMembers(electorate, group));
  const delegates = members.flatMap((member) => delegateOf(electorate, member) ?? []);
  for (const person of [...members, ...delegates]) {
    if (!byEmail.has(person.email)) byEmail.set(person.email, person);
  }
  return [...byEmail.values()];
}

/**
 * Who stands in for a member: living, not excluded, somebody else, and one alone whatever names the member goes by.
 * Their own stand-ins count for nothing here.
 */
function delegateOf(electorate: Electorate, member: PersonRow): PersonRow | undefined {
  const own = ({ email, status }: PersonRow) => email === member.email && status === 'active';
  const names = electorate.people.filter(own).map(({ id }) => id);
  const named = electorate.standIns?.find(({ person }) => names.includes(person))?.delegate;
  const delegate = electorate.people.find(({ id }) => id === named);
  if (delegate?.status !== 'active' || delegate.email === member.email) return undefined;
  return isExcluded(delegate, excludedPeople(electorate)) ? undefined : delegate;
}

/** The guards the approving votes lift, judged on the organisation of now and the rungs open at the last vote. */
export function liftedGuards(
  guards: readonly Guard[],
  cast: { readonly votes: readonly Vote[]; readonly waiting: Waiting },
  electorate: Electorate,
): string[] {
  const lastAt = new Date(cast.votes.at(-1)?.at ?? cast.waiting.openedAt);
  return guards
    .filter((guard) => waysOf(guard, cast.waiting, lastAt).some((way) => isMet(way, cast.votes, electorate)))
    .filter(({ assurance }) => assurance !== 'signed-in' || approvedSignedIn(cast.votes))
    .map(({ id }) => id);
}

/** A guard that asks for people who signed in is lifted by nobody whose word came by a link. */
const approvedSignedIn = (votes: readonly Vote[]) =>
  votes.every(({ decision, assurance }) => decision !== 'approve' || assurance === 'signed-in');

/** Whether distinct eligible people who approved fill every seat; one person fills one seat of a guard. */
export function isMet(
  requires: readonly Requirement[],
  votes: readonly Vote[],
  electorate: Electorate,
): boolean {
  const approvers = new Set(
    votes.filter(({ decision }) => decision === 'approve').map(({ person }) => person),
  );
  const voted = new Set(votes.map(({ person }) => person));
  const seats = requires.flatMap(({ group, count }) => {
    const willing = eligibleMembers(electorate, group).flatMap((member) =>
      voiceOf(electorate, member, { approvers, voted }),
    );
    return Array.from({ length: count }, () => [...new Set(willing)]);
  });
  return seats.length > 0 && fillsAll(seats);
}

/** Whose yes fills a member's seat: the member's own, or, while that person did not vote, the stand-in's. */
function voiceOf(
  electorate: Electorate,
  member: PersonRow,
  cast: { readonly approvers: ReadonlySet<string>; readonly voted: ReadonlySet<string> },
): readonly string[] {
  const ids = electorate.people.filter(({ email }) => email === member.email).map(({ id }) => id);
  if (ids.some((id) => cast.voted.has(id))) return cast.approvers.has(member.id) ? [member.email] : [];
  const delegate = delegateOf(electorate, member);
  return delegate && cast.approvers.has(delegate.id) ? [delegate.email] : [];
}

/** Kuhn's matching: each seat takes a free person, or one whose seat can move to another. */
function fillsAll(seats: readonly (readonly string[])[]): boolean {
  const seatOf = new Map<string, number>();
  const take = (seat: number, tried: Set<string>): boolean =>
    (seats[seat] ?? []).some((person) => {
      if (tried.has(person)) return false;
      tried.add(person);
      const holder = seatOf.get(person);
      if (holder !== undefined && !take(holder, tried)) return false;
      seatOf.set(person, seat);
      return true;
    });
  return seats.every((_, seat) => take(seat, new Set()));
}
