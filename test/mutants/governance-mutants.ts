import type { Mutant } from './mutants.ts';

/** How rules change, and how what was decided is explained and accounted for. */
export const governanceMutants: readonly Mutant[] = [
  {
    name: 'governance: cases shipped with policies are not run',
    file: 'functions/governance/check-governance.ts',
    find: 'findings: wrong.length > 0 ? wrong : runPolicyTests(bundle, tests)',
    replace: 'findings: wrong',
    tests: ['test/functions/governance/policy-tests.test.ts'],
  },
  {
    name: 'governance: a policy that no case determines passes',
    file: 'core/policy/run-policy-tests.ts',
    find: 'return [...cases.flatMap(failure), ...undetermined(bundle, cases)];',
    replace: 'return cases.flatMap(failure);',
    tests: ['test/core/policy/policy-tests.test.ts'],
  },
  {
    name: 'governance: a unit tests with agents of another',
    file: 'core/policy/run-policy-tests.ts',
    find: "if (layer !== 'coe' && agent.unit !== layer) {",
    replace: 'if (false as boolean) {',
    tests: ['test/core/policy/policy-tests.test.ts'],
  },
  {
    name: 'governance: a release that does not compile comes back',
    file: 'functions/governance/rollback.ts',
    find: '  compileRelease(bundle, hash);\n',
    replace: '',
    tests: ['test/functions/governance/rollback.test.ts'],
  },
  {
    name: 'governance: a rollback is not told from an apply',
    file: 'functions/governance/rollback.ts',
    find: '{ ...by, rollback: true }',
    replace: 'by',
    tests: ['test/functions/governance/rollback.test.ts'],
  },
  {
    name: 'governance: anyone may roll back',
    file: 'functions/governance/release-routes.ts',
    find: 'const actor = administratorOf(c.env.event);\n    const back = await rollback',
    replace:
      "const actor = { kind: 'administrator', id: 'anyone' } as const;\n    const back = await rollback",
    tests: ['test/functions/governance/rollback.test.ts'],
  },
  {
    name: 'governance: a decision is called reproduced whatever came out',
    file: 'functions/governance/explain-decision.ts',
    find: 'reproduced: same(then, now),',
    replace: 'reproduced: true,',
    tests: ['test/functions/governance/explain.test.ts'],
  },
  {
    name: 'governance: a decision forgets the roles it was made on',
    file: 'core/action/request-action.ts',
    find: 'agent: { unit, roles: [...roles], stage, sponsor },',
    replace: 'agent: { unit, roles: [], stage, sponsor },',
    tests: ['test/core/action', 'test/functions/governance/explain.test.ts'],
  },
  {
    name: 'governance: the ERP was asked by nobody in the log and it passes',
    file: 'blueprints/procurement/reconcile-audit.ts',
    find: 'const strays = journal.filter(({ key }) => key !== null && !started.has(key));',
    replace: 'const strays = journal.filter(() => false);',
    tests: ['test/blueprints'],
  },
  {
    name: 'governance: a case of another layer may be left out',
    file: 'core/governance/compare-releases.ts',
    find: '    ...casesBy(tests),\n',
    replace: '',
    tests: ['test/functions/governance/administrators.test.ts'],
  },
  {
    name: 'governance: a release forgets the cases it passed',
    file: 'core/governance/build-bundle.ts',
    find: '    ...(tests.length > 0 && { tests }),\n',
    replace: '',
    tests: ['test/functions/governance/policy-tests.test.ts', 'test/functions/governance/export.test.ts'],
  },
];
