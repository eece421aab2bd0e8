import { keysOf } from '../../core/budget/budget.ts';
import { dayOf } from '../../core/action/admission.ts';
import type { Registry } from '../aws/registry.ts';
import type { Verdict } from './judge.ts';

/** The verdict with what was spent of its budgets before; a call that takes of none reads nothing. */
export async function lookAtBudgets(
  registry: Pick<Registry, 'load'>,
  verdict: Verdict,
  now: Date,
): Promise<Verdict> {
  const keys = keysOf(verdict.spending ?? [], dayOf(now));
  if (keys.length === 0) return verdict;
  const rows = await registry.load(keys);
  return { ...verdict, spent: new Map(keys.map(({ pk }, n) => [pk, rows[n]])) };
}
