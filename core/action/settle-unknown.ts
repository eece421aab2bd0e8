import type { Change, Refusal } from '../change.ts';
import type { Actor } from '../event.ts';
import { priorsOf } from '../status.ts';
import { type ActionRow, actionStatuses } from './action.ts';
import { actionEvent } from './action-row.ts';
import { giveBack } from './reserve-budget.ts';

/** What was found out of a call whose answer was lost, by asking the system or by a person who looked. */
export type Finding = {
  readonly effect: boolean;
  /** What the call would have answered, where that is known. */
  readonly output?: unknown;
  /** How it is known, in words. */
  readonly reason: string;
};

/** Ends the doubt about an action: it took effect, or it did not and gives back what it took of budgets. */
export function settleUnknown(
  row: ActionRow,
  { effect, output, reason }: Finding,
  by: { readonly actor: Actor; readonly now: Date },
): Change<ActionRow> | Refusal<'not-unknown'> {
  if (row.status !== 'unknown')
    return { refused: 'not-unknown', detail: `the action is ${row.status}: there is nothing to settle` };
  const { openKind, openSince, listKind, listKey, problem, ...rest } = row;
  const status = effect ? 'succeeded' : 'failed';
  const known = effect ? { output: output ?? null } : { problem: { code: 'no-effect', detail: reason } };
  const settled: ActionRow = { ...rest, version: row.version + 1, status, ...known };
  const ifStatus = priorsOf(actionStatuses, status).filter((prior) => prior === 'unknown');
  return {
    writes: [
      { kind: 'replace', row: settled, ifVersion: row.version, ifStatus },
      ...(effect ? [] : giveBack(row.reserved)),
    ],
    events: [actionEvent(settled, `action.${status}`, { ...by, data: { settled: reason } })],
    result: settled,
  };
}
