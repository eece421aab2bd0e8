import type { Mutant } from './mutants.ts';

const core = ['test/core/policy/replay.test.ts', 'test/core/policy/recorded-decision.test.ts'];
const api = ['test/functions/governance/replay.test.ts'];

/** What is recorded of decisions, and what a replay may not leave out. */
export const replayMutants: readonly Mutant[] = [
  {
    name: 'replay: a decision delivered twice counts twice',
    file: 'functions/governance/replay-release.ts',
    find: 'return first && record.at >= since && record.at < until;',
    replace: 'return record.at >= since && record.at < until;',
    tests: api,
  },
  {
    name: 'replay: a page forgets what the page before it decided in the same minute',
    file: 'functions/governance/replay-release.ts',
    find: 'const first = cursor ? minuteOfKey(cursor) : minuteKey(since);',
    replace: 'const first = cursor || minuteKey(since);',
    tests: api,
  },
  {
    name: 'replay: what lies outside the window counts',
    file: 'functions/governance/replay-release.ts',
    find: 'return first && record.at >= since && record.at < until;',
    replace: 'return first;',
    tests: api,
  },
  {
    name: 'replay: an unreadable record is skipped',
    file: 'core/policy/replay.ts',
    find: "if ('unreadable' in record) return unreadable(record.unreadable);",
    replace: "if ('unreadable' in record) return nothingReplayed;",
    tests: [...core, ...api],
  },
  {
    name: 'replay: a held decision whose release is gone counts as the same',
    file: 'core/policy/replay.ts',
    find: "if ('unreadable' in compared) return unreadable(compared.unreadable);",
    replace: "if ('unreadable' in compared) return { ...nothingReplayed, decided: 1 };",
    tests: core,
  },
  {
    name: 'replay: another quorum is no flip',
    file: 'core/policy/replay.ts',
    find: "return asked(from) === asked(to) ? 'same' : 'hold-otherwise';",
    replace: "return 'same';",
    tests: core,
  },
  {
    name: 'replay: flips come in the order they were found',
    file: 'core/policy/replay-report.ts',
    find: 'flips: flipKinds.flatMap((kind) => {',
    replace: 'flips: [...new Set([...a.flips, ...b.flips].map((each) => each.kind))].flatMap((kind) => {',
    tests: core,
  },
  {
    name: 'replay: flips of all but the examples are not counted',
    file: 'core/policy/replay-report.ts',
    find: 'return [{ kind, count: sum(both), examples }];',
    replace: 'return [{ kind, count: examples.length, examples }];',
    tests: core,
  },
  {
    name: 'replay: the roles an agent has lost are not given back',
    file: 'core/policy/replay.ts',
    find: 'agent: { id, ...agent },',
    replace: 'agent: { id, ...agent, roles: [] },',
    tests: core,
  },
  {
    name: 'replay: a denial that no rule was asked about is a flip',
    file: 'core/policy/replay.ts',
    find: '  if (!wasEvaluated(record)) return { ...nothingReplayed, undecided: 1 };\n',
    replace: '',
    tests: core,
  },
  {
    name: 'replay: a candidate is stored unchecked',
    file: 'functions/governance/store-candidate.ts',
    find: '  if (findings.length > 0) return { findings };\n',
    replace: '',
    tests: api,
  },
  {
    name: 'replay: the relay forgets the decisions',
    file: 'functions/relay/relay-batch.ts',
    find: '  await deps.keep(done);\n',
    replace: '',
    tests: ['test/functions/relay/relay-batch.test.ts'],
  },
  {
    name: 'replay: a batch tried again is another file',
    file: 'core/policy/recorded-decision.ts',
    find: 'const id = digest(of.map(({ subject, version }) => `${subject}/${version}`)).slice(0, 16);',
    replace: 'const id = crypto.randomUUID().replaceAll("-", "").slice(0, 16);',
    tests: core,
  },
  {
    name: 'replay: a build passes though a record could not be decided again',
    file: 'client/cli/replay-commands.ts',
    find: '  if (unread > 0)',
    replace: '  if (unread > Infinity)',
    tests: ['test/client/replay-cli.test.ts'],
  },
  {
    name: 'replay: a listing shows more than the prefix a role may see',
    file: 'local/s3/list-objects.ts',
    find: "...(prefix !== null && { context: { 's3:prefix': prefix } }),",
    replace: "context: { 's3:prefix': 'listed/' },",
    tests: ['test/local/s3'],
  },
];
