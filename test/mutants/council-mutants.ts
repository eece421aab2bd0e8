import type { Mutant } from './mutants.ts';

const tests = ['test/functions/governance/council.test.ts'];

/** What keeps new rules out of force until the council agreed to exactly them. */
export const councilMutants: readonly Mutant[] = [
  {
    name: 'council: a release comes into force without its word',
    file: 'functions/governance/ask-council.ts',
    find: 'const changed = release.hash !== release.before;',
    replace: 'const changed = false;',
    tests,
  },
  {
    name: 'council: its seats change without its word',
    file: 'core/governance/council-seats.ts',
    find: "if (noun === 'council') return true;",
    replace: "if (noun === 'council') return false;",
    tests,
  },
  {
    name: 'council: a member’s address changes without its word',
    file: 'core/governance/council-seats.ts',
    find: "return noun === 'person' && members.includes(id)",
    replace: "return noun === 'role' && members.includes(id)",
    tests,
  },
  {
    name: 'council: who comes back counts as leaving',
    file: 'core/governance/council-seats.ts',
    find: "write.row['status'] === 'left'",
    replace: "write.row['status'] !== 'none'",
    tests,
  },
  {
    name: 'council: too few may be left to decide',
    file: 'core/governance/council-seats.ts',
    find: 'if (left >= council.approvals) return [];',
    replace: 'if (left >= 0) return [];',
    tests,
  },
  {
    name: 'council: its vote replaces a release it was not asked about',
    file: 'core/action/activate-approved.ts',
    find: 'active?.release !== input.before || seatsMoved',
    replace: 'seatsMoved',
    tests,
  },
  {
    name: 'council: its seats change in another state than it was shown',
    file: 'core/action/activate-approved.ts',
    find: 'active?.release !== input.before || seatsMoved',
    replace: 'active?.release !== input.before',
    tests,
  },
  {
    name: 'council: who left it still counts',
    file: 'core/action/activate-approved.ts',
    find: 'if (!quorum) return tooFew;',
    replace: '',
    tests,
  },
  {
    name: 'council: its word lasts for ever',
    file: 'core/action/carry-out-own.ts',
    find: "if (lapsed(facts, now)) return end(action, 'expired', lapse(facts), now);",
    replace: '',
    tests,
  },
  {
    name: 'council: rules come into force though a kill switch stops everything',
    file: 'core/action/carry-out-own.ts',
    find: 'return stop && {',
    replace: 'return undefined && {',
    tests,
  },
  {
    name: 'council: a tool takes the name of the system’s own',
    file: 'core/governance/check-tools.ts',
    find: 'if (name.toLowerCase().startsWith(BUILT_IN))',
    replace: 'if (name === BUILT_IN)',
    tests,
  },
  {
    name: 'council: a manifest makes the system’s agent',
    file: 'core/governance/check-manifests.ts',
    find: 'if (agent.manifest.id === SYSTEM_AGENT)',
    replace: "if (agent.manifest.id.endsWith(' '))",
    tests,
  },
  {
    name: 'council: a unit founds one',
    file: 'core/governance/manifest.ts',
    find: "  'ExchangeRates',\n  'Council',\n",
    replace: "  'ExchangeRates',\n",
    tests,
  },
  {
    name: 'council: it is passed by while it is founded',
    file: 'functions/governance/apply-governance.ts',
    find: '    if (!seated && !founding && (await loadSeats(deps.registry))) return overtaken;\n',
    replace: '',
    tests,
  },
  {
    name: 'council: what an agent asks for counts as a proposal',
    file: 'core/action/proposal.ts',
    find: 'agent === SYSTEM_AGENT && tool === ACTIVATE_RELEASE',
    replace: 'tool === ACTIVATE_RELEASE',
    tests: ['test/core/action/open-proposal.test.ts'],
  },
  {
    name: 'council: each apply asks it anew',
    file: 'functions/governance/propose.ts',
    find: "if (row.status === 'held') return { id, waiting: row };",
    replace: '',
    tests,
  },
];
