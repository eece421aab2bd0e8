import type { Change } from '../change.ts';
import type { Actor } from '../event.ts';
import { COE } from '../governance/manifest.ts';
import type { ActionId } from '../id.ts';
import type { Guard } from '../policy/decision.ts';
import type { ActionRow } from './action.ts';
import { type ConflictQuestion, RULE_ON_CONFLICT } from './conflict-question.ts';
import { openOwn } from './open-proposal.ts';

/** Asks the council to rule on a conflict. No rule changes by it, whatever the answer. */
export function openConflictQuestion(
  facts: { readonly systemAgent: 'known' | 'missing'; readonly guard: Guard },
  asked: { readonly id: ActionId; readonly input: ConflictQuestion; readonly release: string },
  by: { readonly actor: Actor; readonly now: Date },
): Change<ActionRow> {
  const { askedBy, ifApproved, ifDenied } = asked.input;
  const purpose = `${askedBy} asks which rule stands. Yes: ${ifApproved}. No, with the reason: ${ifDenied}.`;
  return openOwn(facts, { ...asked, tool: RULE_ON_CONFLICT, unit: COE, purpose }, by);
}
