import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { conflictQuestion } from '../../core/action/conflict-question.ts';
import { ruleOnConflict, type RulingFacts } from '../../core/action/rule-on-conflict.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { isRefusal } from '../../core/change.ts';
import { councilKey } from '../../core/governance/council.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { isQuorum } from './activate-approved.ts';
import { loadAction, type RunDeps } from './run-action.ts';

type Deps = Pick<RunDeps, 'registry' | 'log' | 'now'>;

/** Records a ruling the council gave, once, whoever and however many ask for it. */
export async function carryOutRuling(deps: Deps, held: ActionRow): Promise<ActionRow> {
  const decided = await decideAndCommit(deps.registry, async () =>
    ruleOnConflict(await loadFacts(deps, held), deps.now()),
  );
  const row = isRefusal(decided) ? await loadAction(deps.registry, held.id) : decided.committed.result;
  deps.log('info', 'ACTION_SETTLED', { action: row.id, status: row.status, attempt: row.attempt });
  return row;
}

async function loadFacts({ registry, now }: Deps, held: ActionRow): Promise<RulingFacts> {
  const keys = [actionKey(held.id), approvalKey(held.approval ?? ''), agentKey(held.agent)];
  const [action, votes, system, switches, council] = await registry.load([...keys, switchesKey, councilKey]);
  const found = {
    action: parseRow(actionRow, action),
    agent: parseRow(agentRow, system),
    approval: parseRow(approvalRow, votes),
  };
  return {
    ...found,
    input: conflictQuestion.parse(found.action.input),
    switches: readSwitches(switches),
    quorum: await isQuorum(registry, { ...found, now: now() }, council),
  };
}
