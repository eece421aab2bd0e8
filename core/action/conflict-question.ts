import * as z from 'zod';
import { SYSTEM_AGENT } from '../agent/agent.ts';
import { BUILT_IN } from '../governance/tool.ts';
import { type ActionId, actionIdOf } from '../id.ts';
import type { ActionRow } from './action.ts';

/** Has the council rule on a conflict between rules. */
export const RULE_ON_CONFLICT = `${BUILT_IN}rule_on_conflict`;

/** Which conflict, by the hash of its rules' texts. */
export const conflictId = z.string().regex(/^con_[0-9a-f]{32}$/, 'an id as autonomy conflicts prints it');

/** What the council is asked: the conflict as the system found it, and what its yes and its no say. */
export const conflictQuestion = z.object({
  conflict: conflictId,
  about: z.string(),
  ifApproved: z.string(),
  ifDenied: z.string(),
  /** The rules' texts, or the tools by their hashes, in lines for people. */
  rules: z.string(),
  askedBy: z.string(),
  /** Persons who must not decide: who asked, as far as that is known. */
  keepOut: z.array(z.string()),
});
export type ConflictQuestion = z.infer<typeof conflictQuestion>;

/** Whether an action is the system's own question; no agent can ask it. */
export const isConflictQuestion = ({ agent, tool }: Pick<ActionRow, 'agent' | 'tool'>): boolean =>
  agent === SYSTEM_AGENT && tool === RULE_ON_CONFLICT;

/** The n-th time that a conflict is asked about. */
export const questionIdOf = (conflict: string, n: number): ActionId =>
  actionIdOf(SYSTEM_AGENT, `conflict.${conflict}.${n}`);

/** Where a conflict stands with the council: it waits, or it was ruled on, and what that says. */
export type Ruling = {
  readonly state: 'waits' | 'approved' | 'denied';
  readonly says: string;
  readonly action: ActionId;
  readonly approval?: ActionRow['approval'];
  /** When it was asked or ruled. */
  readonly at: string;
};

/** What an action says of its conflict; nothing once it ended without the council's word. */
export function rulingOf(row: ActionRow): Ruling | undefined {
  if (!isConflictQuestion(row)) return undefined;
  const { ifApproved, ifDenied } = conflictQuestion.parse(row.input);
  const of = { action: row.id, approval: row.approval, at: row.settledAt ?? row.requestedAt };
  if (row.status === 'held') return { state: 'waits', says: 'the council was asked', ...of };
  if (row.status === 'succeeded') return { state: 'approved', says: ifApproved, ...of };
  if (row.status !== 'rejected') return undefined;
  return { state: 'denied', says: `${ifDenied} (${row.problem?.detail ?? ''})`, ...of };
}
