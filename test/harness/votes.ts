import { castVote } from '../../core/approval/cast-vote.ts';
import { isRefusal } from '../../core/change.ts';
import { type ActionId, actionId, type ApprovalId, approvalIdOf } from '../../core/id.ts';
import { loadApproval } from '../../functions/aws/load-approval.ts';
import { decideAndCommit } from '../../functions/aws/registry.ts';
import { order, type World } from './door.ts';

export type Held = { readonly action: ActionId; readonly approval: ApprovalId };

/** Asks the door for an order of this total, which the rules hold for people. */
export async function holdOrder(world: World, total = '2000.00', key?: string): Promise<Held> {
  const { status, body, text } = await world.act({ input: { ...order, total }, key });
  if (status !== 202) throw new Error(`it was not held: ${text}`);
  const action = actionId.parse(body['id']);
  return { action, approval: approvalIdOf(action) };
}

/** Casts a person's vote as the page does; throws when it is refused. */
export async function vote(
  { deps: { registry, now } }: World,
  { approval }: Pick<Held, 'approval'>,
  person: string,
  decision: 'approve' | 'deny' = 'approve',
): Promise<void> {
  const voted = await decideAndCommit(registry, async () => {
    const facts = await loadApproval(registry, approval, now());
    const reason = decision === 'deny' ? 'too dear' : undefined;
    return castVote(facts, { person, decision, reason, digest: facts.approval.digest }, now());
  });
  if (isRefusal(voted)) throw new Error(voted.detail);
}
