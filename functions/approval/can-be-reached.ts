import { canStillBeMet, mayBeReachedInChat } from '../../core/approval/can-still-be-met.ts';
import { chatKey, chatRow } from '../../core/approval/chat.ts';
import type { ApprovalId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { type ApprovalFacts, loadApproval } from '../aws/load-approval.ts';
import type { Registry } from '../aws/registry.ts';

export type ReachDeps = {
  readonly registry: Pick<Registry, 'load'>;
  /** Waits so many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
  readonly now: () => Date;
};

/** People are told in the chat by the event of their asking, a moment after their mails went out. */
const PAUSES_MS = [1000, 2000, 4000];

/**
 * Whether enough people can be reached by any channel to meet every guard, with the facts that say so. A message that
 * may be on its way to the chat is given some seconds before anybody is taken for out of reach.
 */
export async function canBeReached(
  deps: ReachDeps,
  id: ApprovalId,
  [ms, ...later]: readonly number[] = PAUSES_MS,
): Promise<{ readonly facts: ApprovalFacts; readonly met: boolean }> {
  const facts = await loadApproval(deps.registry, id, deps.now());
  const [stored] = await deps.registry.load([chatKey(id)]);
  const known = { ...facts, chat: stored && parseRow(chatRow, stored) };
  const met = canStillBeMet(known, deps.now());
  if (met || ms === undefined || !mayBeReachedInChat(known)) return { facts, met };
  await deps.pause(ms);
  return canBeReached(deps, id, later);
}
