import * as z from 'zod';
import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent, EventType } from '../event.ts';
import { type ApprovalId, approvalId } from '../id.ts';
import { type Guard, severities, type Severity, severityOf } from '../policy/decision.ts';
import type { PersonRow } from '../governance/person.ts';
import { rowBase } from '../row.ts';

const message = z.object({
  person: z.string(),
  team: z.string(),
  user: z.string(),
  /** Where the message stands; absent until the chat said that it took it. */
  channel: z.string().optional(),
  ts: z.string().optional(),
  postedAt: z.iso.datetime().optional(),
  /** It was posted with buttons: whoever has it can decide by it, whatever became of their mail. */
  decides: z.literal(true).optional(),
});
export type ChatMessage = z.infer<typeof message>;

/** The messages of one approval in a chat: at most one a person, changed in place as things go on. */
export const chatRow = z.object({ ...rowBase, approval: approvalId, messages: z.array(message) });
export type ChatRow = z.infer<typeof chatRow>;

export const chatKey = (approval: string) => ({ pk: `CHAT#${approval}`, sk: 'CHAT' });

type Asked = Pick<ChatMessage, 'person' | 'team' | 'user'>;
type Facts = { readonly approval: ApprovalId; readonly chat: ChatRow | undefined };

/** Records that a person is about to be sent a message, before it is sent: nobody is ever sent a second one. */
export function askInChat(
  { approval, chat }: Facts,
  asked: Asked,
  now: Date,
): Change<ChatRow> | Refusal<'asked-before'> {
  const messages = chat?.messages ?? [];
  if (messages.some(({ person }) => person === asked.person))
    return { refused: 'asked-before', detail: `${asked.person} was sent a message before` };
  return changed({ approval, chat }, [...messages, asked], { type: 'chat.asked', data: asked, now });
}

/** Records where a person's message stands, so that it can be changed there. */
export function notePosted(
  { approval, chat }: Facts,
  posted: Pick<ChatMessage, 'person' | 'decides'> & { readonly channel: string; readonly ts: string },
  now: Date,
): Change<ChatRow> | Refusal<'not-asked'> {
  const messages = chat?.messages ?? [];
  if (!messages.some(({ person }) => person === posted.person))
    return { refused: 'not-asked', detail: `${posted.person} was sent no message` };
  const place = { ...posted, postedAt: now.toISOString() };
  const placed = messages.map((each) => (each.person === posted.person ? { ...each, ...place } : each));
  return changed({ approval, chat }, placed, { type: 'chat.posted', data: posted, now });
}

function changed(
  { approval, chat }: Facts,
  messages: ChatMessage[],
  what: { readonly type: EventType & `chat.${string}`; readonly data: object; readonly now: Date },
): Change<ChatRow> {
  const version = (chat?.version ?? 0) + 1;
  const row: ChatRow = { ...chatKey(approval), v: 1, version, approval, messages };
  const write: Write = chat ? { kind: 'replace', row, ifVersion: chat.version } : { kind: 'create', row };
  const event: AuditEvent = {
    v: 1,
    subject: row.pk,
    version,
    type: what.type,
    at: what.now.toISOString(),
    actor: { kind: 'system', id: 'tell-slack' },
    approval,
    data: { ...what.data },
  };
  return { writes: [write], events: [event], result: row };
}

/** Whether a message with which they can decide stands in the account that is this person's now. */
export function reachedInChat(chat: ChatRow | undefined, { id, slack }: Pick<PersonRow, 'id' | 'slack'>) {
  const message = chat?.messages.find(({ person }) => person === id);
  const same = message !== undefined && slack?.team === message.team && slack.user === message.user;
  return same && message.decides === true && message.ts !== undefined;
}

/** Whether a chat's word is enough: nothing graver than the ceiling, and nothing that asks for who signed in. */
export function mayDecideInChat(guards: readonly Guard[], ceiling: Severity): boolean {
  const grave = severities.indexOf(severityOf(guards)) > severities.indexOf(ceiling);
  return !grave && guards.every(({ assurance }) => assurance !== 'signed-in');
}

/** Seconds a delivery is remembered: twice as long as its signature is good. */
const REMEMBERED_SECONDS = 1200;

export const deliveryKey = (bodyHash: string) => ({ pk: `DELIVERY#${bodyHash}`, sk: 'DELIVERY' });

/** Remembers what a chat delivered in the very change it caused, so that the same delivery causes nothing again. */
export function rememberDelivery<R>(change: Change<R>, bodyHash: string, now: Date): Change<R> {
  const ttl = Math.floor(now.getTime() / 1000) + REMEMBERED_SECONDS;
  const row = { ...deliveryKey(bodyHash), v: 1 as const, version: 1, ttl };
  return { ...change, writes: [...change.writes, { kind: 'create', row }] };
}
