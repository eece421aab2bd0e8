import type { DecisionRequest } from '../../core/policy/decision.ts';
import { compareDecisions } from '../../core/policy/replay.ts';
import type { StoredRow } from '../aws/registry.ts';
import type { Judge, Verdict } from './judge.ts';

/**
 * Asks the release in force and, when there is one, the release in its shadow. The first rules; how the second would
 * have decided otherwise goes along, for the record alone.
 */
export async function judgeWithShadow(
  judge: Judge,
  { active, shadow }: { readonly active: StoredRow | undefined; readonly shadow: StoredRow | undefined },
  question: DecisionRequest,
): Promise<Verdict> {
  const verdict = await judge(active, question);
  if (!shadow?.['release']) return verdict;
  const { decision } = await judge(shadow, question);
  const { kind, to } = compareDecisions(verdict.decision, decision);
  const { detail, ...said } = to;
  return kind === 'same' ? verdict : { ...verdict, shadow: { release: decision.release, kind, ...said } };
}
