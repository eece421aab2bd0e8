import type { Mutant } from './mutants.ts';

const tests = ['test/local/step-functions'];

/** Promises of the local cloud, each broken once. */
export const localMutants: readonly Mutant[] = [
  {
    name: 'local: an earlier attempt’s token answers for a later one',
    file: 'local/step-functions/works.ts',
    find: 'if (!execution || position?.attempt !== attempt) return undefined;',
    replace: 'if (!execution || !position) return undefined;',
    tests,
  },
  {
    name: 'local: an answer is taken after the deadline',
    file: 'local/step-functions/works.ts',
    find: '  if ((dueAt(position) ?? Infinity) <= now()) return undefined;\n',
    replace: '',
    tests,
  },
  {
    name: 'local: a step is saved over a change it has not seen',
    file: 'local/step-functions/store.ts',
    find: 'WHERE arn = ? AND revision = ?',
    replace: 'WHERE arn = ? AND revision >= ? - 1000',
    tests,
  },
  {
    name: 'local: a token is forgotten',
    file: 'local/step-functions/store.ts',
    find: 'if (token !== undefined) keepToken.run(',
    replace: 'if (token === "") keepToken.run(',
    tests,
  },
  {
    name: 'local: an answer is heard by memory alone',
    file: 'local/step-functions/store.ts',
    find: "    db.exec('COMMIT');\n",
    replace: "    db.exec('ROLLBACK');\n",
    tests,
  },
  {
    name: 'local: States.ALL catches what nobody may catch',
    file: 'local/step-functions/state-error.ts',
    find: "const NOT_ALL = ['States.Runtime', 'States.DataLimitExceeded'];",
    replace: 'const NOT_ALL: string[] = [];',
    tests,
  },
  {
    name: 'local: a task has no deadline',
    file: 'local/step-functions/task.ts',
    find: 'deadline: timeout === undefined ? undefined : visit.now + timeout * 1000,',
    replace: 'deadline: undefined,',
    tests,
  },
  {
    name: 'local: a machine never times out',
    file: 'local/step-functions/start-execution.ts',
    find: 'lastsUntil: TimeoutSeconds === undefined ? undefined : startedAt + TimeoutSeconds * 1000,',
    replace: 'lastsUntil: TimeoutSeconds === undefined ? undefined : undefined,',
    tests,
  },
  {
    name: 'local: a change is left to a loop that has ended',
    file: 'local/step-functions/drive.ts',
    find: 'works.driving.delete(arn);',
    replace: 'setImmediate(() => works.driving.delete(arn));',
    tests,
  },
  {
    name: 'local: what was running is not taken up after a restart',
    file: 'local/step-functions/runner.ts',
    find: '  for (const arn of works.store.running()) drive(works, arn);\n',
    replace: '',
    tests,
  },
  {
    name: 'local: a retry counts for every retrier',
    file: 'local/step-functions/recover.ts',
    find: '(each === n ? 1 : 0)',
    replace: '(each >= 0 ? 1 : 0)',
    tests,
  },
  {
    name: 'local: Assign sees what it assigns',
    file: 'local/step-functions/leave.ts',
    find: 'const variables = { ...position.variables, ...assigned };',
    replace: 'const variables = { ...assigned, ...position.variables };',
    tests,
  },
  {
    name: 'local: a function leaves an expression as data',
    file: 'local/step-functions/expression.ts',
    find: "    if (typeof member === 'function') throw refuse();\n",
    replace: '',
    tests,
  },
  {
    name: 'local: a name runs twice',
    file: 'local/step-functions/start-execution.ts',
    find: "if (known) throw new AwsError('ExecutionAlreadyExists'",
    replace: "if (known?.status === 'RUNNING') throw new AwsError('ExecutionAlreadyExists'",
    tests,
  },
  {
    name: 'local: any role may make any call',
    file: 'local/iam/iam.ts',
    find: 'if (why !== undefined) throw accessDenied(caller.arn, permission, why);',
    replace: 'if (why === "") throw accessDenied(caller.arn, permission, why);',
    tests,
  },
  {
    name: 'local: Step Functions takes any role',
    file: 'local/step-functions/machine.ts',
    find: "if (!role?.trusts.includes('states.amazonaws.com'))",
    replace: 'if (!role)',
    tests,
  },
];
