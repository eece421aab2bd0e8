import type { GroupRow, PersonRow } from '../governance/person.ts';
import type { Guard, Requirement } from '../policy/decision.ts';
import type { Vote } from './approval.ts';

/** The organisation as it is now, and who must keep out of this decision. */
export type Electorate = {
  readonly people: readonly PersonRow[];
  readonly groups: readonly GroupRow[];
  /** Ids and e-mail addresses: the agent's sponsor, the person acted for. */
  readonly excluded: readonly string[];
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

/** Everyone eligible for any seat of these requirements. */
export function eligiblePeople(
  electorate: Electorate,
  requires: readonly Requirement[],
): readonly PersonRow[] {
  const byEmail = new Map<string, PersonRow>();
  for (const { group } of requires) {
    for (const person of eligibleMembers(electorate, group)) {
      if (!byEmail.has(person.email)) byEmail.set(person.email, person);
    }
  }
  return [...byEmail.values()];
}

/** The guards whose requirement the approving votes meet, judged on the organisation of now. */
export function liftedGuards(
  guards: readonly Guard[],
  votes: readonly Vote[],
  electorate: Electorate,
): string[] {
  return guards.filter(({ requires }) => isMet(requires, votes, electorate)).map(({ id }) => id);
}

/** Whether distinct eligible people who approved fill every seat; one person fills one seat of a guard. */
export function isMet(
  requires: readonly Requirement[],
  votes: readonly Vote[],
  electorate: Electorate,
): boolean {
  const approvers = new Set(
    votes.filter(({ decision }) => decision === 'approve').map(({ person }) => person),
  );
  const seats = requires.flatMap(({ group, count }) => {
    const members = eligibleMembers(electorate, group);
    const willing = members.filter(({ id }) => approvers.has(id)).map(({ email }) => email);
    return Array.from({ length: count }, () => willing);
  });
  return seats.length > 0 && fillsAll(seats);
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
