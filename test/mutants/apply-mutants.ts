import type { Mutant } from './mutants.ts';

/** How governance is applied: who may, in which order, and what of it is told. */
export const applyMutants: readonly Mutant[] = [
  {
    name: 'apply: an administrator of a unit changes everything',
    file: 'functions/governance/apply-governance.ts',
    find: '  if (refused) return refused;\n',
    replace: '',
    tests: ['test/functions/governance/administrators.test.ts'],
  },
  {
    name: 'apply: whom a thing belonged to does not count',
    file: 'core/governance/plan-rows.ts',
    find: "layers: typeof before === 'string' && before !== unit ? [unit, before] : [unit],",
    replace: 'layers: [unit],',
    tests: ['test/functions/governance/administrators.test.ts'],
  },
  {
    name: 'apply: a unit promotes its own agents',
    file: 'core/governance/check-authority.ts',
    find: 'return promoted\n',
    replace: 'return promoted && layers.includes(COE)\n',
    tests: ['test/functions/governance/administrators.test.ts'],
  },
  {
    name: 'apply: a unit rolls everyone back',
    file: 'functions/governance/rollback.ts',
    find: '  if (foreign) return foreign;\n',
    replace: '',
    tests: ['test/functions/governance/administrators.test.ts'],
  },
  {
    name: 'apply: a session is whom its name says',
    file: 'core/principal.ts',
    find: 'assumed-role\\/([^/]+)\\//.exec(userArn)',
    replace: 'assumed-role\\/(?:.*\\/)?([^/]+)\\/[^/]*$/.exec(userArn)',
    tests: ['test/core/governance/administrator.test.ts'],
  },
  {
    name: 'apply: the centre locks itself out',
    file: 'functions/governance/plan-governance.ts',
    find: '[...illegal, ...locked, ...councilFindings(rows, seated, wanted)]',
    replace: '[...illegal, ...councilFindings(rows, seated, wanted)]',
    tests: ['test/functions/governance/administrators.test.ts'],
  },
  {
    name: 'apply: what is pruned is not marked in the audit log',
    file: 'core/governance/plan-rows.ts',
    find: '...(want.withdrawn && { pruned: true })',
    replace: '...{}',
    tests: ['test/functions/governance/prune.test.ts'],
  },
  {
    name: 'apply: a withdrawn group still decides',
    file: 'functions/aws/electorate.ts',
    find: 'known.filter(({ withdrawn }) => !withdrawn)',
    replace: 'known',
    tests: ['test/functions/governance/prune.test.ts'],
  },
  {
    name: 'apply: a release comes into force while rows are missing',
    file: 'functions/governance/apply-governance.ts',
    find: '  if (remaining > 0) return answer(plan, remaining);\n',
    replace: '',
    tests: ['test/functions/governance/resume.test.ts'],
  },
  {
    name: 'apply: a release takes the place of one it was not compared with',
    file: 'functions/governance/apply-governance.ts',
    find: '    if (active?.release !== before) return overtaken;\n',
    replace: '',
    tests: ['test/functions/governance/resume.test.ts'],
  },
  {
    name: 'apply: a plan shows keys',
    file: 'core/governance/field-difference.ts',
    find: 'if (keys.success) return',
    replace: 'if (keys.success && value === undefined) return',
    tests: ['test/core/governance/differences.test.ts'],
  },
  {
    name: 'export: a policy is written wherever its file name says',
    file: 'core/governance/export-governance.ts',
    find: 'return safe && file.startsWith(`${folder}/`)',
    replace: 'return file.length > 0',
    tests: ['test/functions/governance/export.test.ts'],
  },
];
