import type { ApprovalRow, Vote } from './approval.ts';
import { type Electorate, eligiblePeople, liftedGuards } from './count-votes.ts';
import { openSeats } from './ways.ts';

/**
 * Whether every guard would be lifted if all who were asked, and for all we know can be reached, agreed now. Without
 * that, waiting for the next deadline is waiting in vain.
 */
export function canStillBeMet(
  { approval, electorate }: { readonly approval: ApprovalRow; readonly electorate: Electorate },
  now: Date,
): boolean {
  const { guards, asked = {}, votes } = approval;
  const voted = new Set(votes.map(({ person }) => person));
  const reached = eligiblePeople(electorate, openSeats(guards, approval, now)).filter(
    ({ id }) => asked[id] && !asked[id].unreached && !voted.has(id),
  );
  const agreed = reached.map(({ id: person }): Vote => ({
    person,
    decision: 'approve',
    assurance: 'signed-in',
    at: now.toISOString(),
  }));
  const lifted = liftedGuards(guards, { votes: [...votes, ...agreed], waiting: approval }, electorate);
  return lifted.length === guards.length;
}
