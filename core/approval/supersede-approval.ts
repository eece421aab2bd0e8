import type { Change, Refusal } from '../change.ts';
import type { Guard } from '../policy/decision.ts';
import type { ApprovalRow } from './approval.ts';
import { closeApproval, type ClosingFacts } from './close-approval.ts';

/** The rules in force now, as far as a waiting approval leans on them. */
export type RulesNow = {
  readonly guards: readonly Guard[];
  /** Hash of the tool's definition now; `undefined` when there is no such tool any more. */
  readonly toolHash: string | undefined;
};

/** Why what people are asked is no longer the question; `undefined` while it is. */
export function overtakenBy(
  { approval, action }: ClosingFacts,
  rules: RulesNow,
): 'tool-changed' | 'rules-changed' | undefined {
  if (rules.toolHash !== action.toolHash) return 'tool-changed';
  const same = approval.guards.every((asked) => {
    const now = rules.guards.find(({ id }) => id === asked.id);
    return now !== undefined && JSON.stringify(termsOf(now)) === JSON.stringify(termsOf(asked));
  });
  return same ? undefined : 'rules-changed';
}

const termsOf = ({ requires, escalate = [], assurance = 'link' }: Guard) => ({
  requires: requires.map(({ group, count }) => [group, count]),
  escalate: escalate.map(({ group, count, afterSeconds }) => [group, count, afterSeconds]),
  assurance,
});

const details = {
  'tool-changed': 'the tool was changed while people were asked: ask again',
  'rules-changed': 'the rules were changed while people were asked: ask again',
  stopped: 'a kill switch stops this: ask again when it is restored',
} as const;

/** Ends an approval whose question was overtaken, so that nobody decides about what no longer is. */
export function supersedeApproval(
  facts: ClosingFacts,
  why: keyof typeof details,
  now: Date,
): Change<ApprovalRow> | Refusal<'not-pending'> {
  const actor = { kind: 'system', id: 'supersede' } as const;
  return closeApproval(facts, { status: 'superseded', detail: details[why], actor, data: { why } }, now);
}
