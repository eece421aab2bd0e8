import type { ActionBody, ActionRow } from '../../core/action/action.ts';
import { requestAction } from '../../core/action/request-action.ts';
import { underGrants } from '../../core/action/use-grant.ts';
import { digest } from '../../core/canonical-json.ts';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import { type AgentId, actionIdOf } from '../../core/id.ts';
import type { DecisionRequest } from '../../core/policy/decision.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { Claimant } from '../http/authenticate.ts';
import { ProblemError } from '../http/problem.ts';
import { type DoorFacts, loadDoorFacts } from './door-facts.ts';
import type { Judge, Verdict } from './judge.ts';
import { judgeWithShadow } from './judge-shadow.ts';
import { lookAtBudgets } from './look-at-budgets.ts';
import { type Granted, liftByGrants } from './lift-by-grants.ts';
import { requireClosed } from './require-closed.ts';
import { type RateDeps, requireRate } from './require-rate.ts';
import { resumeRun, runAction, type RunDeps } from './run-action.ts';

export type DoorDeps = RunDeps &
  RateDeps & {
    readonly judge: Judge;
    /** A key nobody has used. */
    readonly newKey: () => string;
  };

export type DoorRequest = {
  readonly caller: Claimant;
  readonly key: string;
  readonly body: ActionBody;
  /** Hears what is left of the rates that concern it, as header fields. */
  readonly hearRates?: (headers: Readonly<Record<string, string>>) => void;
};

type Repeated = Refusal<'repeated'> & { readonly existing: ActionRow };

/** What one round of facts came to: the change to commit, and what the call leans on once it is. */
type Round = { readonly change: Change<ActionRow>; readonly verdict: Verdict; readonly facts: DoorFacts };

/**
 * One request at the door: facts → decide → commit, then, when it is allowed, the call and its outcome. The same
 * Idempotency-Key and body give the same action again; another body is a 422.
 */
export async function answerRequest(deps: DoorDeps, request: DoorRequest): Promise<ActionRow> {
  let round: Round | undefined;
  const decided = await decideAndCommit(deps.registry, async (): Promise<Change<ActionRow> | Repeated> => {
    const next = await decideOnce(deps, request, round !== undefined);
    if ('refused' in next) return next;
    round = next;
    return next.change;
  });
  if (isRefusal(decided)) return repeat(deps, request, decided.existing);
  const row = decided.committed.result;
  if (row.status !== 'started' || row.queued || !round?.verdict.tool) return row;
  const { tool, system } = round.verdict;
  return runAction(deps, row, { tool, system, breaker: round.facts.breaker });
}

/** After a lost race the budgets are looked at too, so that a denial can say which one does not suffice. */
async function decideOnce(deps: DoorDeps, request: DoorRequest, lost: boolean): Promise<Round | Repeated> {
  const { caller, body } = request;
  const agent = caller.claimedAgent;
  const now = deps.now();
  const ids = answerIds(agent, request);
  const { delegation } = caller;
  const keys = { ids: [ids.shared, ids.denied, ids.unheld], task: body.task, tool: body.tool };
  const facts = await loadDoorFacts(deps.registry, { agent, caller, delegation, ...keys }, now);
  const existing = existingAnswer(facts, agent);
  if (existing) return { refused: 'repeated', detail: existing.id, existing };
  const { verdict, uses } = await judgeRequest(deps, request, { facts, now, lost });
  const change = underGrants(requestAction(facts, { id: ids.shared, body }, verdict, now), uses);
  if (change.result.status === 'started') await requireClosed(deps, body.tool, facts.breaker);
  if (change.result.status !== 'denied') return { change, verdict, facts };
  const id = facts.holds ? ids.denied : ids.unheld;
  return { change: requestAction(facts, { id, body }, verdict, now), verdict, facts };
}

type Moment = { readonly facts: DoorFacts; readonly now: Date; readonly lost: boolean };

/** What the rules say, with the grants that lift their guards; a request takes of its rates once. */
async function judgeRequest(
  deps: DoorDeps,
  { body, hearRates }: DoorRequest,
  { facts, now, lost }: Moment,
): Promise<Granted> {
  const question = questionOf(facts, body);
  const asked = await judgeWithShadow(deps.judge, facts, question);
  if (!lost) {
    const headers = await requireRate(deps, facts.agent, asked);
    hearRates?.(headers);
  }
  const granted = await liftByGrants(deps, facts, { question, asked }, now);
  const look = lost || granted.verdict.decision.outcome === 'hold';
  return look ? { ...granted, verdict: await lookAtBudgets(deps.registry, granted.verdict, now) } : granted;
}

/**
 * Where the answer to a key stands. Within a task, what is carried out is shared with whoever takes the task over; a
 * denial is its agent's own, so that it never stands in a successor's way. Keys hold no spaces, so no two ids meet.
 */
function answerIds(agent: AgentId, { key, body: { task } }: DoorRequest) {
  const shared = actionIdOf(task ?? agent, key);
  if (!task) return { shared, denied: shared, unheld: shared };
  const denied = actionIdOf(agent, `${task} ${key}`);
  return { shared, denied, unheld: actionIdOf(agent, `${task} unheld ${key}`) };
}

/** The answer this agent was given, or its predecessor in the task; another's is not even told of. */
function existingAnswer({ actions, holds }: DoorFacts, agent: AgentId): ActionRow | undefined {
  const [shared, denied, unheld] = actions;
  if (shared && (holds || shared.agent === agent)) return shared;
  return holds ? denied : unheld;
}

/** What the policy engine is asked, from the registry's rows and never from the agent's claims about itself. */
export function questionOf({ agent, gate, work, lent }: DoorFacts, body: ActionBody): DecisionRequest {
  const task = work === 'missing' ? undefined : work?.task;
  return {
    agent: askedAbout({ agent, gate }),
    ...(lent && { links: lent.links.map(askedAbout) }),
    tool: body.tool,
    input: body.input,
    purpose: body.purpose,
    onBehalfOf: task?.onBehalfOf,
    workflow: task?.workflow,
    approvals: [],
  };
}

const askedAbout = ({ agent, gate }: Pick<DoorFacts, 'agent' | 'gate'>): DecisionRequest['agent'] => ({
  id: agent.id,
  unit: agent.unit,
  roles: agent.roles,
  stage: gate.stage,
  sponsor: agent.sponsor,
});

/** A request seen before: the same answer, and a call left in flight is taken up again. */
async function repeat(deps: DoorDeps, { body }: DoorRequest, existing: ActionRow): Promise<ActionRow> {
  if (existing.requestDigest !== digest(body)) {
    const detail = 'this Idempotency-Key was used for another request: use a new key';
    throw new ProblemError({ status: 422, code: 'key-reused', detail });
  }
  if (existing.status !== 'started' || existing.queued) return existing;
  const row = await resumeRun(deps, existing);
  if (row) return row;
  throw new ProblemError({
    status: 409,
    code: 'in-flight',
    detail: 'the same request is being carried out: ask again with the same key',
    headers: { 'retry-after': '2' },
  });
}
