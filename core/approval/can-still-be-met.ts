import type { PersonRow } from '../governance/person.ts';
import type { ApprovalRow, Vote } from './approval.ts';
import { type ChatRow, reachedInChat } from './chat.ts';
import { type Electorate, eligiblePeople, liftedGuards } from './count-votes.ts';
import { openSeats } from './ways.ts';

export type ReachFacts = {
  readonly approval: ApprovalRow;
  readonly electorate: Electorate;
  /** The approval's messages in the company's chat. */
  readonly chat?: ChatRow | undefined;
};

/**
 * Whether every guard would be lifted if all who were asked, and for all we know can be reached, agreed now: by mail, or
 * by a message in the chat that they can decide with. Without that, waiting for the next deadline is waiting in vain.
 */
export function canStillBeMet({ approval, electorate, chat }: ReachFacts, now: Date): boolean {
  const { guards, asked = {}, votes } = approval;
  const voted = new Set(votes.map(({ person }) => person));
  const reached = eligiblePeople(electorate, openSeats(guards, approval, now)).filter(
    (person) => isReached(asked[person.id], person, chat) && !voted.has(person.id),
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

const isReached = (
  asked: NonNullable<ApprovalRow['asked']>[string] | undefined,
  person: PersonRow,
  chat: ChatRow | undefined,
) => asked !== undefined && (!asked.unreached || reachedInChat(chat, person));

/** Whether somebody whose mail came back has an account in the chat where no message stands yet: it may yet come. */
export function mayBeReachedInChat({ approval, electorate, chat }: ReachFacts): boolean {
  const { asked = {} } = approval;
  return electorate.people.some(
    ({ id, slack }) =>
      slack !== undefined &&
      asked[id]?.unreached === true &&
      !chat?.messages.some(({ person, ts }) => person === id && ts !== undefined),
  );
}
