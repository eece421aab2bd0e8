import * as z from 'zod';
import { SYSTEM_AGENT } from '../agent/agent.ts';
import { digest } from '../canonical-json.ts';
import { ACTIVATE_RELEASE } from '../governance/tool.ts';
import { type ActionId, actionIdOf } from '../id.ts';
import type { ActionRow } from './action.ts';

const seatRow = z.looseObject({
  pk: z.string(),
  sk: z.string(),
  v: z.literal(1),
  version: z.int().min(1),
  id: z.string(),
});

/** What the council is asked: to put `release` in the place of `before`, and to change who sits on it. */
export const proposalInput = z.object({
  release: z.string(),
  before: z.string(),
  /** The administrator who applied it. */
  proposedBy: z.string(),
  /** The one person that administrator is, as far as that is known. */
  proposer: z.string().optional(),
  /** What changes, in lines for people. */
  changes: z.string(),
  /** Rows of the council's seats as they are to be, each with its new version. */
  seats: z.array(seatRow),
});
export type ProposalInput = z.infer<typeof proposalInput>;

/** Whether an action is the system's own proposal; no agent can ask for one. */
export const isProposal = ({ agent, tool }: Pick<ActionRow, 'agent' | 'tool'>): boolean =>
  agent === SYSTEM_AGENT && tool === ACTIVATE_RELEASE;

/** The n-th time that the same is proposed; so applying again meets the proposal that waits. */
export function proposalIdOf(
  { release, before, seats }: Pick<ProposalInput, 'release' | 'before' | 'seats'>,
  n: number,
): ActionId {
  return actionIdOf(SYSTEM_AGENT, `proposal.${digest({ release, before, seats })}.${n}`);
}

const MOST_CHARACTERS = 60_000;

/** The lines an approver reads, whole ones, not more than rows and mails hold; it says how many are missing. */
export function shortened(lines: readonly string[]): string {
  let characters = 0;
  const shown = lines.filter((line) => (characters += line.length + 1) <= MOST_CHARACTERS);
  const missing = lines.length - shown.length;
  const notice = missing > 0 ? [`! ${missing} lines more do not fit here: autonomy plan shows them`] : [];
  return [...notice, ...shown].join('\n');
}
