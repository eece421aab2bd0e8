import type { Mutant } from './mutants.ts';

const tests = ['test/functions/governance/conflicts.test.ts'];
const release = ['test/core/policy/check-release.test.ts'];

/** What keeps the council's rulings its own and about what there is, and the centre's reviews of what it saw. */
export const conflictMutants: readonly Mutant[] = [
  {
    name: 'conflicts: a unit words the centre’s rule it asks about',
    file: 'functions/governance/ask-about-conflict.ts',
    find: 'parts.filter((part) => !isLive(part)),',
    replace: 'parts.filter((part) => !isLive(part) && false),',
    tests,
  },
  {
    name: 'conflicts: who has no part in one asks',
    file: 'functions/governance/ask-about-conflict.ts',
    find: 'parts.some(({ layers: [layer] }) => scopes.includes(layer))',
    replace: 'parts.length > 0',
    tests,
  },
  {
    name: 'conflicts: the council is asked until it says what one likes',
    file: 'functions/governance/ask-about-conflict.ts',
    find: "if (ruling && ruling.state !== 'waits') {",
    replace: "if (ruling && ruling.at === '') {",
    tests,
  },
  {
    name: 'conflicts: who asks decides',
    file: 'functions/aws/electorate.ts',
    find: '  if (isConflictQuestion(action)) return conflictQuestion.parse(action.input).keepOut;\n',
    replace:
      '  if (isConflictQuestion(action)) return conflictQuestion.parse(action.input).keepOut.slice(1);\n',
    tests,
  },
  {
    name: 'conflicts: who left the council rules',
    file: 'core/action/rule-on-conflict.ts',
    find: '() => (facts.quorum ? effect : tooFew)',
    replace: '() => (facts.quorum ? effect : effect ?? tooFew)',
    tests,
  },
  {
    name: 'conflicts: a kill switch stops no ruling',
    file: 'core/action/carry-out-own.ts',
    find: 'return stop && {',
    replace: 'return undefined && {',
    tests,
  },
  {
    name: 'conflicts: a ruling outlives the text it was about',
    file: 'core/policy/find-conflicts.ts',
    find: 'const about = reaches.length > 0 ? texts :',
    replace: 'const about = reaches.length > 0 ? texts.map(({ id }) => id) :',
    tests,
  },
  {
    name: 'reviews: one covers a definition nobody saw',
    file: 'core/governance/build-bundle.ts',
    find: 'review.definition === hash',
    replace: "review.definition !== ''",
    tests: release,
  },
  {
    name: 'reviews: one is taken without a definition',
    file: 'core/governance/tool.ts',
    find: "definition: z.string().regex(/^[0-9a-f]{64}$/, 'the 64 hexadecimal digits `autonomy plan` names'),",
    replace: 'definition: z.string().optional(),',
    tests: ['test/core/governance/manifest.test.ts'],
  },
];
