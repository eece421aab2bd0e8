import { type CouncilRow } from './council.ts';
import type { Finding } from './manifest.ts';
import type { GroupRow, PersonRow } from './person.ts';
import type { Step, Wanted } from './plan-rows.ts';

/** The council that rules now and who sits on it. */
export type Seated = {
  readonly council: CouncilRow;
  readonly members: readonly string[];
  readonly people: readonly PersonRow[];
};

/** Rows one proposal may hold, so that it commits in one transaction. */
export const MOST_SEATS = 40;

/** The council with its members as they are now; a group that was withdrawn seats nobody. */
export function seatedOn(council: CouncilRow, group: GroupRow | undefined): readonly string[] {
  return group && group.id === council.group && !group.withdrawn ? group.members : [];
}

/**
 * Whether a step changes who decides for the council: its row, its group, a member's person. Such a step waits for the
 * council as rules do. Leaving is at once; coming back or another address is not.
 */
export function changesSeats(
  { noun, id, action, fields, change }: Step,
  { council, members }: Seated,
): boolean {
  if (action === 'none') return false;
  if (noun === 'council') return true;
  if (noun === 'group') return id === council.group;
  return noun === 'person' && members.includes(id) && !leaves({ action, fields, change });
}

function leaves({ action, fields, change }: Pick<Step, 'action' | 'fields'> & { change?: Step['change'] }) {
  const left = (change?.writes ?? []).some(
    (write) => 'row' in write && 'status' in write.row && write.row['status'] === 'left',
  );
  return left && (action === 'withdraw' || fields.every((field) => field === 'status'));
}

/** Who leaves now may not leave a council behind that can't decide any more: nobody could put it right. */
export function strandedBy(
  steps: readonly Step[],
  { council, members, people }: Seated,
  placeOf: (step: Step) => Wanted['place'],
): Finding[] {
  const leaving = steps.filter((step) => step.noun === 'person' && members.includes(step.id) && leaves(step));
  const [first] = leaving;
  if (!first) return [];
  const gone = new Set(leaving.map(({ id }) => id));
  const left = people.filter(({ id, status }) => status === 'active' && !gone.has(id)).length;
  if (left >= council.approvals) return [];
  const reason = `status: the council needs ${council.approvals} of ${council.group} and would have ${left}: have it seat others first`;
  return [{ ...placeOf(first), reason }];
}
