import type { Mutant } from './mutants.ts';

const budgets = ['test/functions/action/budgets.test.ts'];
const faults = ['test/functions/action/faults.test.ts'];
const unknown = ['test/functions/action/unknown.test.ts'];

/** What keeps effects to exactly those that were allowed, and money to what may be spent. */
export const exactMutants: readonly Mutant[] = [
  {
    name: 'exact: actions of one moment spend beyond the budget',
    file: 'functions/aws/transact-items.ts',
    find: "...(within.length > 0 && { ConditionExpression: within.join(' AND ') }),",
    replace: '',
    tests: budgets,
  },
  {
    name: 'exact: a first amount beyond the limit is let through by the empty row',
    file: 'functions/aws/transact-items.ts',
    find: 'left < 0 ? `${field} <= ${rest}` : `(attribute_not_exists',
    replace: 'left < -1e15 ? `${field} <= ${rest}` : `(attribute_not_exists',
    tests: ['test/functions/aws/spend.test.ts'],
  },
  {
    name: 'exact: an action started takes nothing of its budget',
    file: 'core/action/request-action.ts',
    find: '...admissions(facts, base.tool, now), ...writes]',
    replace: '...admissions(facts, base.tool, now)]',
    tests: budgets,
  },
  {
    name: 'exact: an approved action takes nothing of its budget',
    file: 'core/action/start-approved.ts',
    find: '      ...admissions(facts, row.tool, now),\n      ...writes,',
    replace: '      ...admissions(facts, row.tool, now),',
    tests: faults,
  },
  {
    name: 'exact: what failed is not given back',
    file: 'core/action/settle-action.ts',
    find: "outcome.status === 'failed' ? giveBack(row.reserved) : []",
    replace: '[]',
    tests: budgets,
  },
  {
    name: 'exact: what nobody knows is given back',
    file: 'core/action/settle-action.ts',
    find: "outcome.status === 'failed' ? giveBack(row.reserved) : []",
    replace: "outcome.status !== 'succeeded' ? giveBack(row.reserved) : []",
    tests: budgets,
  },
  {
    name: 'exact: a unit’s budget takes the place of the centre’s',
    file: 'core/policy/spending-of.ts',
    find: 'known.length > 0 ? Math.min(...known) : undefined',
    replace: 'known.at(-1)',
    tests: budgets,
  },
  {
    name: 'exact: fractions of a cent are not counted',
    file: 'core/policy/spending-of.ts',
    find: '(tenThousandths + 99n) / 100n',
    replace: 'tenThousandths / 100n',
    tests: budgets,
  },
  {
    name: 'exact: a call that may be made once is made again after a crash',
    file: 'core/action/resume-action.ts',
    find: "tool.effect === 'at-most-once' || ",
    replace: '',
    tests: faults,
  },
  {
    name: 'exact: an answer is recorded whatever attempt it belongs to',
    file: 'core/action/settle-action.ts',
    find: "row.status !== 'started' || row.attempt !== attempt",
    replace: "row.status !== 'started'",
    tests: ['test/core/action/settle-action.test.ts'],
  },
  {
    name: 'exact: a doubt is settled twice',
    file: 'core/action/settle-unknown.ts',
    find: "row.status !== 'unknown'",
    replace: "row.status === 'held'",
    tests: unknown,
  },
  {
    name: 'exact: another unit’s administrator settles a doubt',
    file: 'functions/governance/unknown-routes.ts',
    find: 'scopes.includes(COE) || scopes.includes(unit)',
    replace: 'scopes.length > 0 || scopes.includes(unit)',
    tests: unknown,
  },
  {
    name: 'exact: whatever a reconcile tool answers counts as effect',
    file: 'functions/action/reconcile-unknown.ts',
    find: 'effect: z.boolean(), output',
    replace: 'effect: z.coerce.boolean(), output',
    tests: unknown,
  },
];
