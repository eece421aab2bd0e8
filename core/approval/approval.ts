import * as z from 'zod';
import { actionId, agentId, approvalId, approvalIdOf } from '../id.ts';
import type { ActionRow } from '../action/action.ts';
import type { Actor, AuditEvent, EventType } from '../event.ts';
import { assurances, type Guard, guard } from '../policy/decision.ts';
import { openIndex, rowBase } from '../row.ts';
import type { StatusTable } from '../status.ts';
import { question } from './question.ts';

/** The life of one request for human decision; each end stays distinct. */
export const approvalStatuses = {
  pending: ['pending', 'approved', 'denied', 'expired', 'withdrawn', 'unreachable', 'superseded'],
  approved: [],
  denied: [],
  /** Nobody decided in time. */
  expired: [],
  /** The requester took it back. */
  withdrawn: [],
  /** Nobody who may decide could be told of it. */
  unreachable: [],
  /** What was asked is no longer the question: the rules or the tool changed, or a kill switch stops it. */
  superseded: [],
} as const satisfies StatusTable<string>;
export type ApprovalStatus = keyof typeof approvalStatuses;

/** Where a person decides. */
export const channels = ['page', 'slack', 'inbox'] as const;
export type Channel = (typeof channels)[number];

export const vote = z.object({
  person: z.string(),
  decision: z.enum(['approve', 'deny']),
  reason: z.string().optional(),
  /** Votes from before it was kept came by the page. */
  channel: z.enum(channels).optional(),
  /** How surely it was known who voted; absent: by a link. */
  assurance: z.enum(assurances).optional(),
  /** Since when this person had before them what they voted on; votes from before it was kept have none. */
  seenAt: z.iso.datetime().optional(),
  at: z.iso.datetime(),
});
export type Vote = z.infer<typeof vote>;

const askedPerson = z.object({
  round: z.int().min(1),
  /** Which of the approval's deadlines asked; 0 is the opening. */
  deadline: z.int().min(0),
  /** The mail did not arrive. */
  unreached: z.literal(true).optional(),
  /** Told by the next digest in place of a mail with a link. */
  digest: z.literal(true).optional(),
});

export const approvalRow = z.object({
  ...rowBase,
  ...openIndex,
  id: approvalId,
  action: actionId,
  agent: agentId,
  unit: z.string(),
  tool: z.string(),
  guards: z.array(guard).min(1),
  /** The action's digest: a link, a vote and the execution are bound to it. */
  digest: z.string(),
  status: z.enum(['pending', 'approved', 'denied', 'expired', 'withdrawn', 'unreachable', 'superseded']),
  /** Counts the rounds of mails. */
  round: z.int().min(0),
  /** Who was asked: the newest round of each, whose link alone is good, at which deadline, and whether it came back. */
  asked: z.record(z.string(), askedPerson).optional(),
  /** Rungs of up to so many seconds are open before their time, since nobody asked before can be reached. */
  hastenedSeconds: z.int().min(0).optional(),
  /** The tool that is asked what is there now before people are. */
  preview: z.string().optional(),
  openedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  votes: z.array(vote),
  /** What approvers want to know, oldest first. */
  questions: z.array(question).optional(),
});
export type ApprovalRow = z.infer<typeof approvalRow>;

/** A one-time link: stored under the SHA-256 of its 256-bit secret, bound to person, approval and digest. */
export const linkRow = z.object({
  pk: z.string(),
  sk: z.literal('LINK'),
  v: z.literal(1),
  approval: approvalId,
  action: actionId,
  person: z.string(),
  digest: z.string(),
  round: z.int().min(1),
  /** Epoch seconds; DynamoDB's TTL removes the row some time after. */
  ttl: z.int(),
});
export type LinkRow = z.infer<typeof linkRow>;

export const approvalKey = (id: string) => ({ pk: `APPROVAL#${id}`, sk: 'APPROVAL' });
export const linkKey = (secretHash: string) => ({ pk: `LINK#${secretHash}`, sk: 'LINK' });

/** The approval a held action opens, with its event; it waits as long as its most urgent guard allows. */
export function approvalOf(
  action: ActionRow,
  guards: readonly Guard[],
  now: Date,
): { readonly row: ApprovalRow; readonly event: AuditEvent } {
  const id = approvalIdOf(action.id);
  const seconds = Math.min(...guards.map((guard) => guard.expiresSeconds));
  const row: ApprovalRow = {
    ...approvalKey(id),
    v: 1,
    version: 1,
    id,
    action: action.id,
    agent: action.agent,
    unit: action.unit,
    tool: action.tool,
    guards: [...guards],
    digest: action.digest,
    ...(action.preview !== undefined && { preview: action.preview }),
    status: 'pending',
    round: 0,
    openedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + seconds * 1000).toISOString(),
    votes: [],
  };
  const actor = { kind: 'agent', id: action.agent } as const;
  const data = { guards: guards.map((guard) => guard.id), expiresAt: row.expiresAt };
  return { row, event: approvalEvent(row, 'approval.opened', { actor, now, data }) };
}

/** The event of an approval's new version. */
export function approvalEvent(
  row: ApprovalRow,
  type: EventType & `approval.${string}`,
  by: { readonly actor: Actor; readonly now: Date; readonly data?: Readonly<Record<string, unknown>> },
): AuditEvent {
  const { agent, unit, tool, action, id: approval } = row;
  const at = by.now.toISOString();
  const subject = { subject: row.pk, version: row.version, type, at, actor: by.actor };
  return { v: 1, ...subject, agent, unit, tool, action, approval, data: { ...by.data } };
}

/** Whether a link is the newest of its person for this approval: every later one ends those before. */
export function isNewest(link: Pick<LinkRow, 'person' | 'round'>, approval: ApprovalRow): boolean {
  const { asked } = approval;
  return link.round === (asked === undefined ? approval.round : asked[link.person]?.round);
}
