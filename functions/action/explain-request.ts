import type { ActionBody } from '../../core/action/action.ts';
import { findObstacle } from '../../core/action/admission.ts';
import { budgetObstacle } from '../../core/action/request-action.ts';
import type { Decision, Guard } from '../../core/policy/decision.ts';
import { type Rule, ruleOf } from '../../core/policy/usable-tools.ts';
import type { Claimant } from '../http/authenticate.ts';
import { questionOf, type DoorDeps } from './answer-request.ts';
import { loadDoorFacts } from './door-facts.ts';
import { lookAtBudgets } from './look-at-budgets.ts';
import { liftByGrants } from './lift-by-grants.ts';

/** What would happen to a request. */
export type Foresight = {
  readonly outcome: Decision['outcome'];
  /** Why it would be denied, as a code: the agent's own obstacle, or the rules'. */
  readonly reason?: string;
  /** What would have to be different. */
  readonly detail: string;
  readonly release: string;
  /** The rules that determine it: the centre's and the agent's own unit's. */
  readonly rules: readonly Rule[];
  /** Who would have to agree. */
  readonly guards: readonly Pick<Guard, 'id' | 'title' | 'requires'>[];
};

/** Answers what the door would, by the same facts and the same rules, and does nothing: no action, no event, no call. */
export async function explainRequest(
  deps: DoorDeps,
  { caller, body }: { readonly caller: Claimant; readonly body: ActionBody },
): Promise<Foresight> {
  const now = deps.now();
  const who = {
    agent: caller.claimedAgent,
    caller,
    delegation: caller.delegation,
    task: body.task,
    tool: body.tool,
  };
  const facts = await loadDoorFacts(deps.registry, who, now);
  const question = questionOf(facts, body);
  const asked = await deps.judge(facts.active, question);
  const { verdict: judged, uses } = await liftByGrants(deps, facts, { question, asked }, now);
  const verdict = await lookAtBudgets(deps.registry, judged, now);
  const { decision } = verdict;
  const rules = await rulesOf(deps, decision);
  const doing = { tool: body.tool, workflow: question.workflow, toolHash: verdict.toolHash };
  const obstacle = findObstacle(facts, doing, now) ?? budgetObstacle(verdict, now);
  const { release } = decision;
  if (obstacle)
    return { outcome: 'deny', reason: obstacle.code, detail: obstacle.detail, release, rules, guards: [] };
  const grants = uses.map(({ grant }) => grant.id).join(' and ');
  const granted = uses.length > 0 && { detail: `it would be carried out at once under grant ${grants}` };
  return { ...foresee(decision), ...granted, release, rules };
}

function foresee(decision: Decision): Pick<Foresight, 'outcome' | 'reason' | 'detail' | 'guards'> {
  const { outcome } = decision;
  if (outcome === 'deny') return { outcome, reason: decision.reason, detail: decision.detail, guards: [] };
  if (outcome === 'allow') return { outcome, detail: 'it would be carried out at once', guards: [] };
  const guards = decision.guards.map(({ id, title, requires }) => ({ id, title, requires }));
  const seats = guards.flatMap(({ requires }) => requires.map(({ group, count }) => `${count} of ${group}`));
  return { outcome, detail: `it would wait for ${seats.join(' and ')}`, guards };
}

/** The determining policies by id and title; without a release there are none. */
async function rulesOf({ open }: DoorDeps, { release, policies }: Decision): Promise<readonly Rule[]> {
  if (policies.length === 0) return [];
  const compiled = await open(release);
  return policies.flatMap((id) => {
    const policy = compiled.policies.get(id);
    return policy ? [ruleOf(policy)] : [];
  });
}
