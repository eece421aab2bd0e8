import type { Mutant } from './mutants.ts';

const administrators = ['test/functions/governance/administrators.test.ts'];
const authority = ['test/core/governance/administrator.test.ts'];
const conflicts = ['test/core/policy/find-conflicts.test.ts'];

/** What keeps a sponsor to their own agents, a release to who put it in force, and conflicts in sight. */
export const authorityMutants: readonly Mutant[] = [
  {
    name: 'authority: a sponsor changes any field',
    file: 'core/governance/sponsor-scope.ts',
    find: 'if (!fields.every((field) => theirs.includes(field))) return false;',
    replace: '',
    tests: administrators,
  },
  {
    name: 'authority: a sponsor changes the agents of others',
    file: 'core/governance/sponsor-scope.ts',
    find: 'sponsor === person &&',
    replace: '',
    tests: administrators,
  },
  {
    name: 'authority: a sponsor raises a stage',
    file: 'core/governance/sponsor-scope.ts',
    find: 'moves.every(({ before, after }) => down.some(([from, to]) => from === before && to === after)) &&',
    replace: '',
    tests: administrators,
  },
  {
    name: 'authority: nobody is named with the release they put in force',
    file: 'functions/governance/apply-governance.ts',
    find: '{ ...by, person }',
    replace: 'by',
    tests: administrators,
  },
  {
    name: 'authority: nobody is named with a rollback',
    file: 'functions/governance/rollback.ts',
    find: '{ actor, now: deps.now(), person }',
    replace: '{ actor, now: deps.now(), person: undefined }',
    tests: administrators,
  },
  {
    name: 'authority: one of several people is taken for the one',
    file: 'core/governance/administrator.ts',
    find: ' && others.length === 0',
    replace: '',
    tests: authority,
  },
  {
    name: 'authority: who left still administers',
    file: 'core/governance/check-administrators.ts',
    find: "if (status === 'active') return [];",
    replace: 'if (status !== undefined) return [];',
    tests: authority,
  },
  {
    name: 'conflicts: a permit the centre overrules is not told',
    file: 'core/policy/find-conflicts.ts',
    find: "...met.filter(({ kind }) => kind === 'overruled'),",
    replace: '',
    tests: conflicts,
  },
  {
    name: 'conflicts: conditions count as none',
    file: 'core/policy/find-conflicts.ts',
    find: "stop.always ? 'overruled' : 'meets'",
    replace: "'overruled'",
    tests: conflicts,
  },
];
