import type { Hono } from 'hono';
import type * as z from 'zod';
import { type ActionRow, actionKey, actionRow } from '../../core/action/action.ts';
import { type ActionView, actionView } from '../../core/action/action-view.ts';
import { answerQuestion } from '../../core/approval/answer-question.ts';
import { type ApprovalRow, approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { answerBody, withdrawBody } from '../../core/approval/waiting-bodies.ts';
import { withdrawApproval } from '../../core/approval/withdraw-approval.ts';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import type { AgentId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { ApiContext } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import type { DoorDeps } from './answer-request.ts';

/** A held action and the agent it belongs to. */
type Owned = { readonly agent: AgentId; readonly action: ActionRow };
/** Who calls, and the held action of theirs that the address names; ends the request otherwise. */
type Own = (authorization: string | undefined, id: string) => Promise<Owned>;
type Waiting = { readonly approval: ApprovalRow; readonly action: ActionRow };

/** What an agent may do while people decide about its action: take it back, and answer what they ask. */
export function addWaitingRoutes(app: Hono<ApiContext>, deps: DoorDeps, own: Own): void {
  app.post('/v1/actions/:id/withdraw', async (c) => {
    const owned = await own(c.req.header('authorization'), c.req.param('id'));
    return c.json(await withdraw(deps, owned, await readBody(c, withdrawBody)));
  });
  app.post('/v1/actions/:id/answers', async (c) => {
    const owned = await own(c.req.header('authorization'), c.req.param('id'));
    return c.json(await answer(deps, owned, await readBody(c, answerBody)));
  });
}

export const withdraw = (
  deps: DoorDeps,
  { agent, action }: Owned,
  { reason }: z.infer<typeof withdrawBody>,
): Promise<ActionView> =>
  change(deps, action, (facts) => withdrawApproval(facts, { agent, reason }, deps.now()));

export const answer = (
  deps: DoorDeps,
  { agent, action }: Owned,
  given: z.infer<typeof answerBody>,
): Promise<ActionView> =>
  change(deps, action, ({ approval }) => answerQuestion(approval, { agent, ...given }, deps.now()));

async function change(
  deps: DoorDeps,
  action: ActionRow,
  verb: (facts: Waiting) => Change<ApprovalRow> | Refusal,
): Promise<ActionView> {
  const done = await decideAndCommit(deps.registry, async () => verb(await load(deps, action)));
  if (isRefusal(done)) throw new ProblemError({ status: 409, code: done.refused, detail: done.detail });
  const now = await load(deps, action);
  return actionView(now.action, now.approval);
}

async function load({ registry }: DoorDeps, { id, status, approval }: ActionRow): Promise<Waiting> {
  const [action, votes] = await registry.load([actionKey(id), approvalKey(approval ?? '')]);
  if (votes) return { action: parseRow(actionRow, action), approval: parseRow(approvalRow, votes) };
  const detail = `nobody is asked about this action: it is ${status}`;
  throw new ProblemError({ status: 409, code: 'not-held', detail });
}
