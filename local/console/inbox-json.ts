import type { HttpReply } from '../endpoint.ts';
import type { Inbox, Message } from '../ses/inbox.ts';
import { HEADERS } from './page.ts';

/** The inbox for programs: `{messages: [{id, at, from, to, subject}]}`, newest first. */
export function inboxJson(inbox: Pick<Inbox, 'list'>): HttpReply {
  const messages = inbox.list().map(({ id, at, from, to, subject }) => ({ id, at, from, to, subject }));
  return json({ messages });
}

/** One mail for programs, whole. */
export const mailJson = ({ id, at, from, to, subject, text, html: markup }: Message): HttpReply =>
  json({ id, at, from, to, subject, text, html: markup });

const json = (value: unknown): HttpReply => ({
  status: 200,
  headers: { ...HEADERS, 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
