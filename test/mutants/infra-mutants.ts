import type { Mutant } from './mutants.ts';

/** Rights and protections of the template; each run makes the template anew. */
export const infraMutants: readonly Mutant[] = [
  {
    name: 'infra: the sweep may not look at executions',
    file: 'lib/functions/reactions.ts',
    find: '        may.describeExecutions(ofWorkflows),\n',
    replace: '',
    tests: ['test/api/permissions.test.ts'],
  },
  {
    name: 'infra: the relay may fail steps of machines it never fails',
    file: 'lib/functions/reactions.ts',
    find: 'may.answerSteps(all),\n        may.failSteps(ofWorkflows),\n        stream',
    replace: 'may.answerSteps(all),\n        may.failSteps(all),\n        stream',
    tests: ['test/api/permissions.test.ts'],
  },
  {
    name: 'infra: an audit event may be put outside a transaction',
    file: 'lib/permissions.ts',
    find: "append: () => allow(['dynamodb:PutItem'], [audit.tableArn], inTransaction)",
    replace: "append: () => allow(['dynamodb:PutItem'], [audit.tableArn])",
    tests: ['test/infra'],
  },
  {
    name: 'infra: governance is open to unsigned callers',
    file: 'lib/http-api.ts',
    find: "{ method: 'PUT', path: '/v1/governance', answers: 'apply', caller: 'iam' }",
    replace: "{ method: 'PUT', path: '/v1/governance', answers: 'apply', caller: 'self' }",
    tests: ['test/infra'],
  },
  {
    name: 'infra: the access log holds the path, which may be a link',
    file: 'lib/http-api.ts',
    find: "route: '$context.routeKey'",
    replace: "route: '$context.path'",
    tests: ['test/infra'],
  },
];
