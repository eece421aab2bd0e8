import type { Hono } from 'hono';
import * as z from 'zod';
import { type ActionRow, actionKey, actionRow } from '../../core/action/action.ts';
import { answerQuestion } from '../../core/approval/answer-question.ts';
import { type ApprovalRow, approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { ANSWER_LENGTH } from '../../core/approval/question.ts';
import { withdrawApproval } from '../../core/approval/withdraw-approval.ts';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import type { AgentId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { ApiContext } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import type { DoorDeps } from './answer-request.ts';

const withdrawBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });
const answerBody = z.strictObject({
  question: z.int().min(1),
  text: z.string().trim().min(1).max(ANSWER_LENGTH),
});

/** Who calls, and the held action of theirs that the address names; ends the request otherwise. */
type Own = (authorization: string | undefined, id: string) => Promise<{ agent: AgentId; action: ActionRow }>;
type Waiting = { readonly approval: ApprovalRow; readonly action: ActionRow };

/** What an agent may do while people decide about its action: take it back, and answer what they ask. */
export function addWaitingRoutes(
  app: Hono<ApiContext>,
  deps: DoorDeps,
  { own, view }: { readonly own: Own; readonly view: (row: ActionRow, approval: ApprovalRow) => object },
): void {
  const change = async (action: ActionRow, verb: (facts: Waiting) => Change<ApprovalRow> | Refusal) => {
    const done = await decideAndCommit(deps.registry, async () => verb(await load(deps, action)));
    if (isRefusal(done)) throw new ProblemError({ status: 409, code: done.refused, detail: done.detail });
    const now = await load(deps, action);
    return view(now.action, now.approval);
  };
  app.post('/v1/actions/:id/withdraw', async (c) => {
    const { agent, action } = await own(c.req.header('authorization'), c.req.param('id'));
    const { reason } = await readBody(c, withdrawBody);
    const withdraw = (facts: Waiting) => withdrawApproval(facts, { agent, reason }, deps.now());
    return c.json(await change(action, withdraw));
  });
  app.post('/v1/actions/:id/answers', async (c) => {
    const { agent, action } = await own(c.req.header('authorization'), c.req.param('id'));
    const given = { agent, ...(await readBody(c, answerBody)) };
    return c.json(await change(action, ({ approval }) => answerQuestion(approval, given, deps.now())));
  });
}

async function load({ registry }: DoorDeps, { id, status, approval }: ActionRow): Promise<Waiting> {
  const [action, votes] = await registry.load([actionKey(id), approvalKey(approval ?? '')]);
  if (votes) return { action: parseRow(actionRow, action), approval: parseRow(approvalRow, votes) };
  const detail = `nobody is asked about this action: it is ${status}`;
  throw new ProblemError({ status: 409, code: 'not-held', detail });
}
