import type { ActionRow } from '../../core/action/action.ts';
import { conflictQuestion } from '../../core/action/conflict-question.ts';
import { ruleOnConflict, type RulingFacts } from '../../core/action/rule-on-conflict.ts';
import { councilKey } from '../../core/governance/council.ts';
import { isQuorum } from './activate-approved.ts';
import { carryOut, loadOwn, type OwnDeps } from './carry-out.ts';

/** Records a ruling the council gave. */
export const carryOutRuling = (deps: OwnDeps, held: ActionRow): Promise<ActionRow> =>
  carryOut(deps, held, async () => ruleOnConflict(await loadFacts(deps, held), deps.now()));

async function loadFacts(deps: OwnDeps, held: ActionRow): Promise<RulingFacts> {
  const { own, rows } = await loadOwn(deps, held, [councilKey]);
  const input = conflictQuestion.parse(own.action.input);
  return { ...own, input, quorum: await isQuorum(deps.registry, { ...own, now: deps.now() }, rows[0]) };
}
