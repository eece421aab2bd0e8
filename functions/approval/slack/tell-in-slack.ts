import { approvalKey } from '../../../core/approval/approval.ts';
import {
  askInChat,
  chatKey,
  type ChatMessage,
  type ChatRow,
  chatRow,
  notePosted,
} from '../../../core/approval/chat.ts';
import { isRefusal } from '../../../core/change.ts';
import { Fault } from '../../../core/fault.ts';
import type { PersonRow } from '../../../core/governance/person.ts';
import type { ApprovalId } from '../../../core/id.ts';
import { parseRow } from '../../../core/row.ts';
import { type ApprovalFacts, loadApproval } from '../../aws/load-approval.ts';
import { errorDetails, type Log } from '../../aws/log.ts';
import { decideAndCommit, type Registry } from '../../aws/registry.ts';
import type { CallSlack } from './call-slack.ts';
import { slackMessage, type SlackView, whyNotHere } from './slack-message.ts';

export type TellDeps = {
  readonly registry: Registry;
  readonly callSlack: CallSlack;
  readonly view: SlackView;
  readonly log: Log;
  readonly now: () => Date;
};

const ROUNDS = 3;

/**
 * Brings the messages of an approval to what is true now: who is asked and has none gets one, at most once; those that
 * stand are changed in place. Again when the approval moved on meanwhile. Throws when a message could not be changed.
 */
export async function tellInSlack(deps: TellDeps, id: ApprovalId): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const [stored] = await deps.registry.load([approvalKey(id)]);
    if (!stored) return;
    const facts = await loadApproval(deps.registry, id, deps.now());
    const before = await loadChat(deps.registry, id);
    if (facts.approval.status === 'pending') await postNew(deps, facts, before);
    await changeAll(deps, facts, before?.messages ?? []);
    const [now] = await deps.registry.load([approvalKey(id)]);
    if (now?.['version'] === facts.approval.version) return;
  }
  throw new Fault('DependencyFailed', `${id} changes faster than its messages; try again`);
}

async function loadChat(registry: Pick<Registry, 'load'>, id: ApprovalId): Promise<ChatRow | undefined> {
  const [stored] = await registry.load([chatKey(id)]);
  return stored && parseRow(chatRow, stored);
}

async function postNew(deps: TellDeps, facts: ApprovalFacts, chat: ChatRow | undefined): Promise<void> {
  const { asked = {} } = facts.approval;
  const told = new Set(chat?.messages.map(({ person }) => person));
  const people = facts.electorate.people.filter(
    ({ id, slack, status }) => slack && status === 'active' && asked[id] && !told.has(id),
  );
  for (const person of people) await postOnce(deps, facts, person);
}

/** Recorded before it is posted: a message that gets lost in between is never sent, for their mail asks them too. */
async function postOnce(deps: TellDeps, facts: ApprovalFacts, person: PersonRow): Promise<void> {
  const { registry, callSlack, view, log, now } = deps;
  const { id } = facts.approval;
  const { slack } = person;
  if (!slack) return;
  const load = async () => ({ approval: id, chat: await loadChat(registry, id) });
  const asked = { person: person.id, ...slack };
  const recorded = await decideAndCommit(registry, async () => askInChat(await load(), asked, now()));
  if (isRefusal(recorded)) return;
  try {
    const message = slackMessage(facts, person, view);
    const reply = await callSlack('chat.postMessage', { ...quiet, channel: slack.user, ...message });
    const { channel, ts, error } = reply;
    if (!reply.ok || typeof channel !== 'string' || typeof ts !== 'string')
      return log('error', 'SLACK_FAILED', { approval: id, person: person.id, error: error ?? 'no place' });
    const decides = whyNotHere(facts, person, view.ceiling) === undefined;
    const posted = { person: person.id, channel, ts, ...(decides && { decides }) };
    await decideAndCommit(registry, async () => notePosted(await load(), posted, now()));
  } catch (error) {
    log('error', 'SLACK_FAILED', { approval: id, person: person.id, ...errorDetails(error) });
  }
}

/** Nothing in the text becomes a mention, a link or a preview. */
const quiet = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false } as const;

async function changeAll(
  { callSlack, view, log }: TellDeps,
  facts: ApprovalFacts,
  messages: readonly ChatMessage[],
): Promise<void> {
  const approval = facts.approval.id;
  let failed = 0;
  for (const { person, channel, ts } of messages) {
    const to = facts.electorate.people.find(({ id }) => id === person);
    if (channel === undefined || ts === undefined) continue;
    try {
      const message = slackMessage(facts, to ?? nobody(person), view);
      const { ok, error } = await callSlack('chat.update', { ...quiet, channel, ts, ...message });
      if (!ok) log('error', 'SLACK_FAILED', { approval, person, error });
    } catch (error) {
      failed += 1;
      log('error', 'SLACK_FAILED', { approval, person, ...errorDetails(error) });
    }
  }
  if (failed > 0)
    throw new Fault('DependencyFailed', `${failed} messages of ${approval} could not be changed`);
}

/** Who is no longer among those who may decide still sees how it ends, and no button. */
const nobody = (id: string): Pick<PersonRow, 'id' | 'timeZone'> => ({ id: `${id} (no longer asked)` });
