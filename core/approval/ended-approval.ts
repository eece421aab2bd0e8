import * as z from 'zod';
import type { ActionRow } from '../action/action.ts';
import { digest } from '../canonical-json.ts';
import { approvalId } from '../id.ts';
import { type ApprovalRow, channels } from './approval.ts';
import { roundsOf } from './request-approval.ts';

export const endings = ['approved', 'denied', 'expired', 'withdrawn', 'unreachable', 'superseded'] as const;
export type Ending = (typeof endings)[number];

/** How one request for human decision ended, as far as a report counts it: no input, no names, no reasons. */
export const endedApproval = z.object({
  v: z.literal(1),
  approval: approvalId,
  unit: z.string(),
  workflow: z.string().optional(),
  status: z.enum(endings),
  openedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  guards: z.array(z.object({ id: z.string(), title: z.string(), groups: z.array(z.string()) })),
  votes: z.array(
    z.object({
      decision: z.enum(['approve', 'deny']),
      channel: z.enum(channels).optional(),
      /** From having it before them, or where that is not known from being asked, to the vote. */
      seconds: z.number().min(0),
    }),
  ),
  /** The last vote came once a rung of a ladder was open. */
  escalated: z.boolean(),
});
export type EndedApproval = z.infer<typeof endedApproval>;

/** The record of an approval that ended at this moment; `undefined` while it waits. */
export function endedOf(
  row: ApprovalRow,
  { workflow }: Pick<ActionRow, 'workflow'>,
  endedAt: string,
): EndedApproval | undefined {
  const status = endings.find((ending) => ending === row.status);
  if (!status) return undefined;
  const { id: approval, unit, openedAt, guards, votes } = row;
  const firstRung = Math.min(
    ...guards.flatMap(({ escalate = [] }) => escalate.map(({ afterSeconds }) => afterSeconds)),
  );
  const last = votes.at(-1)?.at ?? openedAt;
  return {
    v: 1,
    approval,
    unit,
    ...(workflow !== undefined && { workflow }),
    status,
    openedAt,
    endedAt,
    guards: guards.map(({ id, title, requires }) => ({
      id,
      title,
      groups: requires.map(({ group }) => group),
    })),
    votes: votes.map(({ person, decision, channel, seenAt, at }) => ({
      decision,
      ...(channel && { channel }),
      seconds: secondsBetween(seenAt ?? askedAt(row, person, at), at),
    })),
    escalated: secondsBetween(openedAt, last) >= Math.max(firstRung, 1),
  };
}

/** When somebody was last asked before they voted: the opening, a rung or the reminder. */
function askedAt(row: ApprovalRow, person: string, votedAt: string): string {
  const { afterSeconds = 0 } = roundsOf(row)[row.asked?.[person]?.deadline ?? 0] ?? {};
  const asked = new Date(Date.parse(row.openedAt) + afterSeconds * 1000).toISOString();
  return asked > votedAt ? row.openedAt : asked;
}

const secondsBetween = (from: string, to: string) => Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;

const PLACE = 'decisions/approvals/';

/** How the keys of a minute's files begin; they sort by time, and stand apart from the door's decisions. */
export function endedMinute(at: string): string {
  const [day = '', time = ''] = at.split('T');
  return `${PLACE}${day}/${time.slice(0, 5).replace(':', '-')}`;
}

/** The records as files, one for each minute in which something ended; the same records give the same files. */
export function endedFiles(ended: readonly EndedApproval[]) {
  return [...Map.groupBy(ended, ({ endedAt }) => endedMinute(endedAt))].map(([minute, of]) => ({
    key: `${minute}-${digest(of.map(({ approval }) => approval)).slice(0, 16)}.ndjson`,
    text: of.map((each) => `${JSON.stringify(each)}\n`).join(''),
  }));
}
