import type { Change, Refusal } from '../change.ts';
import type { ActionRow } from './action.ts';
import { tooFew } from './activate-approved.ts';
import { carryOutOwn, type OwnFacts } from './carry-out-own.ts';
import type { ConflictQuestion } from './conflict-question.ts';

export type RulingFacts = OwnFacts & {
  readonly input: ConflictQuestion;
  /** Whether the votes are enough for the council as it is now. */
  readonly quorum: boolean;
};

/** Records the council's yes as the end of the question; its no was recorded with the vote. Nothing else changes. */
export function ruleOnConflict(
  facts: RulingFacts,
  now: Date,
): Change<ActionRow> | Refusal<'not-held' | 'not-approved'> {
  const { conflict, ifApproved: ruling } = facts.input;
  const effect = { output: { conflict, ruling }, writes: [], events: [] };
  return carryOutOwn(facts, () => (facts.quorum ? effect : tooFew), now);
}
