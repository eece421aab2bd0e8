import type { ActionRow } from '../../core/action/action.ts';
import { isConflictQuestion } from '../../core/action/conflict-question.ts';
import { isGrantRequest } from '../../core/action/grant.ts';
import { isProposal } from '../../core/action/proposal.ts';
import { type BreakerRow, breakerState } from '../../core/action/breaker.ts';
import { startApproved } from '../../core/action/start-approved.ts';
import { approvalKey, type ApprovalRow, approvalRow } from '../../core/approval/approval.ts';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import { Fault } from '../../core/fault.ts';
import type { ActionId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { carryOutProposal } from './activate-approved.ts';
import { carryOutRuling } from './carry-out-ruling.ts';
import type { OwnDeps } from './carry-out.ts';
import { carryOutGrant } from './carry-out-grant.ts';
import { type DoorDeps, questionOf } from './answer-request.ts';
import { type DoorFacts, loadDoorFacts } from './door-facts.ts';
import type { Verdict } from './judge.ts';
import { reconcileUnknown } from './reconcile-unknown.ts';
import { lookAtBudgets } from './look-at-budgets.ts';
import { liftedNow } from './lifted-now.ts';
import { loadAction, resumeRun, runAction } from './run-action.ts';

export type ExecutorDeps = DoorDeps & Pick<OwnDeps, 'lapseMinutes'>;

/**
 * Carries out an action whose approval came: judged afresh under the release in force with the guards today's votes
 * lift, started, called and settled. Asked again it changes nothing that is settled, and takes up what a crash left,
 * an action the door allowed at once included.
 */
export async function executeApproved(deps: ExecutorDeps, id: ActionId): Promise<ActionRow> {
  const asked = await loadAction(deps.registry, id);
  if (asked.status === 'unknown') return reconcileUnknown(deps, asked);
  if (isProposal(asked)) return carryOutProposal(deps, asked);
  if (isGrantRequest(asked)) return carryOutGrant(deps, asked);
  if (isConflictQuestion(asked)) return carryOutRuling(deps, asked);
  let round: Round | undefined;
  const decided = await decideAndCommit(deps.registry, async (): Promise<Change<ActionRow> | Refusal> => {
    const next = await decideAgain(deps, id);
    if ('refused' in next) return next;
    round = next;
    return next.change;
  });
  if (isRefusal(decided)) return settledElsewhere(deps, id);
  const row = decided.committed.result;
  if (row.status !== 'started' || row.queued || !round?.verdict.tool) return row;
  const { tool, system } = round.verdict;
  return runAction(deps, row, { tool, system, breaker: round.breaker });
}

/** What fresh facts came to: the change to commit, and what the call leans on once it is. */
type Round = {
  readonly change: Change<ActionRow>;
  readonly verdict: Verdict;
  readonly breaker: BreakerRow | undefined;
};

async function decideAgain(deps: ExecutorDeps, id: ActionId): Promise<Round | Refusal> {
  const action = await loadAction(deps.registry, id);
  if (action.status !== 'held') return { refused: 'not-held', detail: `the action is ${action.status}` };
  const { facts, approval } = await loadFacts(deps, action);
  const verdict = await judgeAgain(deps, { ...facts, action, approval });
  requireJudged(verdict);
  if (verdict.decision.outcome === 'allow') requireWell(facts.breaker, deps.now());
  const { lapseMinutes } = deps;
  const change = startApproved({ ...facts, action, approval, lapseMinutes }, verdict, deps.now());
  return isRefusal(change) ? change : { change, verdict, breaker: facts.breaker };
}

type Asked = DoorFacts & { readonly action: ActionRow; readonly approval: ApprovalRow };

/** Asks the rules of now, with the guards that today's votes lift. */
async function judgeAgain(deps: ExecutorDeps, facts: Asked): Promise<Verdict> {
  const { action, active } = facts;
  const { onBehalfOf, workflow } = action;
  const question = { ...questionOf(facts, action), onBehalfOf, workflow };
  const asked = await deps.judge(active, question);
  const approvals = await liftedNow(deps.registry, { ...facts, decision: asked.decision, now: deps.now() });
  const judged = approvals.length > 0 ? await deps.judge(active, { ...question, approvals }) : asked;
  return lookAtBudgets(deps.registry, judged, deps.now());
}

/** Rules that can't be read now say nothing about what people approved: the machine tries again until it lapses. */
function requireJudged({ decision, tool }: Verdict): void {
  if (decision.outcome !== 'deny' || decision.reason !== 'error' || tool) return;
  throw new Fault('ReleaseUnreadable', 'the release in force could not be read; try again');
}

/** What people approved is not thrown at a tool in trouble: the machine, and then the sweep, try again until it lapses. */
function requireWell(breaker: BreakerRow | undefined, now: Date): void {
  if (breakerState(breaker, now) !== 'open') return;
  throw new Fault(
    'DependencyFailed',
    'the tool gave no good answers lately and is left alone; try again later',
  );
}

async function loadFacts(deps: DoorDeps, action: ActionRow) {
  const { agent, delegation, tool } = action;
  const facts = await loadDoorFacts(deps.registry, { agent, delegation, tool }, deps.now());
  const [stored] = await deps.registry.load([approvalKey(action.approval ?? '')]);
  return { facts, approval: parseRow(approvalRow, stored) };
}

async function settledElsewhere(deps: DoorDeps, id: ActionId): Promise<ActionRow> {
  const row = await loadAction(deps.registry, id);
  if (row.status !== 'started') return row;
  const resumed = await resumeRun(deps, row);
  if (resumed) return resumed;
  throw new Fault('ActionInFlight', `action ${id} is being carried out by another attempt; try again`);
}
