import type { Mutant } from './mutants.ts';

/** Protections of asking in rounds, of taking back and of what is overtaken. */
export const ladderMutants: readonly Mutant[] = [
  {
    name: 'ladder: a rung opens before its time',
    file: 'core/approval/ways.ts',
    find: 'afterSeconds <= Math.max(elapsed, hastenedSeconds)',
    replace: 'afterSeconds >= Math.min(elapsed, hastenedSeconds)',
    tests: ['test/core/approval/ways.test.ts'],
  },
  {
    name: 'ladder: a rung may name any group',
    file: 'core/policy/check-terms.ts',
    find: "rungs.flatMap((seats) => checkSeats('@escalate', seats, groups))",
    replace: "rungs.flatMap((seats) => checkSeats('@escalate', seats, groups).slice(1))",
    tests: ['test/core/policy/check-release.test.ts'],
  },
  {
    name: 'ladder: another agent takes a request back',
    file: 'core/approval/withdraw-approval.ts',
    find: 'facts.action.agent !== by.agent',
    replace: 'facts.action.agent === undefined',
    tests: ['test/core/approval/close-approval.test.ts'],
  },
  {
    name: 'ladder: a stopped agent’s requests are still asked',
    file: 'functions/approval/review-waiting.ts',
    find: 'const why = stopped ?? overtakenBy(facts, rulesNow(release, action));',
    replace: 'const why = overtakenBy(facts, rulesNow(release, action)) ?? (stopped && undefined);',
    tests: ['test/functions/approval/waiting.test.ts'],
  },
  {
    name: 'ladder: another quorum leaves the question standing',
    file: 'core/approval/supersede-approval.ts',
    find: 'requires: requires.map(({ group, count }) => [group, count]),',
    replace: 'requires: requires.length,',
    tests: ['test/core/approval/close-approval.test.ts'],
  },
  {
    name: 'ladder: a link approves what asks for people who signed in',
    file: 'core/approval/cast-vote.ts',
    find: "ballot.assurance !== 'signed-in' && guards",
    replace: 'false && guards',
    tests: ['test/core/approval/stand-in.test.ts'],
  },
  {
    name: 'ladder: who proposed it to the council decides about it',
    file: 'functions/aws/electorate.ts',
    find: 'return proposer === undefined ? [] : [proposer];',
    replace: 'return proposer === undefined ? [] : [];',
    tests: ['test/functions/aws/electorate.test.ts'],
  },
  {
    name: 'ladder: who made the rules of today approves what they allow',
    file: 'functions/aws/electorate.ts',
    find: 'AUTHOR_HOURS * 3_600_000 ? activatedBy : undefined',
    replace: 'AUTHOR_HOURS * 0 ? activatedBy : undefined',
    tests: ['test/functions/aws/electorate.test.ts'],
  },
];
