import { approvalKey, isNewest } from '../../../core/approval/approval.ts';
import { castVote } from '../../../core/approval/cast-vote.ts';
import { chatKey, chatRow, deliveryKey, rememberDelivery } from '../../../core/approval/chat.ts';
import { isRefusal, type Refusal } from '../../../core/change.ts';
import { parseRow } from '../../../core/row.ts';
import type { PersonRow } from '../../../core/governance/person.ts';
import type { Severity } from '../../../core/policy/decision.ts';
import { type ApprovalFacts, loadApproval } from '../../aws/load-approval.ts';
import { decideAndCommit, type Registry, type StoredRow } from '../../aws/registry.ts';
import type { ButtonValue } from './button-value.ts';
import { whyNotHere } from './slack-message.ts';

export type DecideDeps = {
  readonly registry: Registry;
  readonly ceiling: Severity;
  readonly now: () => Date;
};

export type SlackUser = { readonly team: string | undefined; readonly user: string };
export type Pressed = { readonly by: SlackUser; readonly value: ButtonValue };
type Standing = { readonly facts: ApprovalFacts; readonly person: PersonRow };

/** Who pressed a button, and what they would decide about; refused where the button no longer is good for it. */
export async function findStanding(
  { registry, ceiling, now }: DecideDeps,
  { by, value }: Pressed,
): Promise<Standing | Refusal> {
  const [stored] = await registry.load([approvalKey(value.approval)]);
  if (!stored) return { refused: 'unknown', detail: 'there is no such request here' };
  const facts = await loadApproval(registry, value.approval, now());
  const { approval, electorate } = facts;
  const same = electorate.people.filter(
    ({ slack, status }) => status === 'active' && slack?.team === by.team && slack?.user === by.user,
  );
  const [person] = same;
  if (!person || same.length > 1)
    return {
      refused: 'not-known',
      detail: 'your Slack account is not known as one of those who may decide this',
    };
  if (approval.status !== 'pending')
    return { refused: 'not-pending', detail: `this request is already ${approval.status}` };
  if (value.digest !== approval.digest || !isNewest({ person: person.id, round: value.round }, approval))
    return {
      refused: 'stale',
      detail: 'this button is out of date: use the newest message, your mail or your inbox',
    };
  const why = whyNotHere(facts, person, ceiling);
  return why === undefined ? { facts, person } : { refused: 'not-here', detail: why };
}

type Word = {
  readonly decision: 'approve' | 'deny';
  readonly reason?: string | undefined;
  readonly bodyHash: string;
};

/** Counts what a person decided in Slack; the same delivery counts once, whatever comes of it later. */
export async function decideInSlack(
  deps: DecideDeps,
  pressed: Pressed,
  { decision, reason, bodyHash }: Word,
): Promise<Refusal | undefined> {
  const done = await decideAndCommit(deps.registry, async () => {
    const keys = [deliveryKey(bodyHash), chatKey(pressed.value.approval)];
    const [delivered, chat] = await deps.registry.load(keys);
    if (delivered) return { refused: 'delivered-before', detail: 'it was counted' } satisfies Refusal;
    const standing = await findStanding(deps, pressed);
    if (isRefusal(standing)) return standing;
    const { facts, person } = standing;
    const { digest } = pressed.value;
    const seenAt = postedAt(chat, person.id);
    const ballot = { person: person.id, decision, reason, digest, seenAt, channel: 'slack' } as const;
    const voted = castVote(facts, ballot, deps.now());
    return isRefusal(voted) ? voted : rememberDelivery(voted, bodyHash, deps.now());
  });
  return isRefusal(done) && done.refused !== 'delivered-before' ? done : undefined;
}

/** Since when a person has had the message before them. */
function postedAt(chat: StoredRow | undefined, person: string): Date | undefined {
  const message = chat && parseRow(chatRow, chat).messages.find((each) => each.person === person);
  return message?.postedAt === undefined ? undefined : new Date(message.postedAt);
}
