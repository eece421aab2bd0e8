import type { Change } from '../change.ts';
import type { Actor } from '../event.ts';
import type { ActionId } from '../id.ts';
import type { Guard } from '../policy/decision.ts';
import type { ActionRow } from './action.ts';
import { GRANT_STANDING, type GrantInput } from './grant.ts';
import { openOwn } from './open-proposal.ts';

/** Asks those who may lift the guard, by the guard itself, for a standing grant. Nothing is granted by it. */
export function openGrantRequest(
  facts: { readonly systemAgent: 'known' | 'missing'; readonly guard: Guard },
  asked: { readonly id: ActionId; readonly input: GrantInput; readonly release: string },
  by: { readonly actor: Actor; readonly now: Date },
): Change<ActionRow> {
  const { agent, tool, unit, count, until, reason, requestedBy } = asked.input;
  const times = count === 1 ? 'once' : `up to ${count} times`;
  const purpose = `${requestedBy} asks that ${agent} may use ${tool} ${times} until ${until} without asking you: ${reason}`;
  return openOwn(facts, { ...asked, tool: GRANT_STANDING, unit, purpose }, by);
}
