import type { Mutant } from './mutants.ts';

const signature = ['test/functions/approval/slack/verify-signature.test.ts'];
const api = ['test/functions/approval/slack/slack-api.test.ts'];
const message = ['test/functions/approval/slack/slack-message.test.ts'];
const decide = 'functions/approval/slack/decide-in-slack.ts';

/** Approvals in Slack: whose word counts, once, and about what they saw. */
export const slackMutants: readonly Mutant[] = [
  {
    name: 'slack: a signature is good for ever',
    file: 'functions/approval/slack/verify-signature.ts',
    find: '> TOLERANCE_SECONDS) return false',
    replace: '> Infinity) return false',
    tests: signature,
  },
  {
    name: 'slack: a signature covers no body',
    file: 'functions/approval/slack/verify-signature.ts',
    find: '&& timingSafeEqual(given, expected)',
    replace: "&& signature.startsWith('v0=')",
    tests: signature,
  },
  {
    name: 'slack: unsigned deliveries are answered',
    file: 'functions/approval/slack/slack-api.ts',
    find: 'if (!isSigned({ body, timestamp, signature }, await deps.signingSecret(), deps.now())) {',
    replace:
      'if (!isSigned({ body, timestamp, signature }, await deps.signingSecret(), deps.now()) && !timestamp) {',
    tests: api,
  },
  {
    name: 'slack: a delivery is not remembered',
    file: 'core/approval/chat.ts',
    find: "writes: [...change.writes, { kind: 'create', row }]",
    replace: 'writes: [...change.writes].filter(() => row.v === 1)',
    tests: api,
  },
  {
    name: 'slack: another workspace’s user is ours',
    file: decide,
    find: 'slack?.team === by.team && ',
    replace: '',
    tests: api,
  },
  {
    name: 'slack: a button of an earlier round is good',
    file: decide,
    find: '!isNewest({ person: person.id, round: value.round }, approval)',
    replace: 'isNewest === undefined',
    tests: api,
  },
  {
    name: 'slack: what is too grave is decided all the same',
    file: decide,
    find: 'const why = whyNotHere(facts, person, ceiling);',
    replace:
      'const why = whyNotHere({ ...facts, approval: { ...facts.approval, guards: [] } }, person, ceiling);',
    tests: api,
  },
  {
    name: 'slack: a link is enough for those who must sign in',
    file: 'core/approval/chat.ts',
    find: "!grave && guards.every(({ assurance }) => assurance !== 'signed-in')",
    replace: '!grave',
    tests: api,
  },
  {
    name: 'slack: a message is posted again',
    file: 'core/approval/chat.ts',
    find: 'if (messages.some(({ person }) => person === asked.person))',
    replace: 'if (messages.length > 99)',
    tests: api,
  },
  {
    name: 'slack: a whisper goes wherever a delivery says',
    file: 'functions/approval/slack/slack-api.ts',
    find: "if (!url || !['https://hooks.slack.com', new URL(apiUrl).origin].includes(url.origin)) return;",
    replace: "if (!url || apiUrl === '') return;",
    tests: api,
  },
  {
    name: 'slack: people decide on what they saw in part',
    file: 'functions/approval/slack/slack-message.ts',
    find: 'if (!toldOf(facts, to).whole)',
    replace: "if (!toldOf(facts, to).whole && to.id === '')",
    tests: message,
  },
  {
    name: 'slack: invisible characters hide in a message',
    file: 'functions/approval/slack/slack-message.ts',
    find: "visibleText(action.purpose, 'lines')",
    replace: 'action.purpose',
    tests: message,
  },
  {
    name: 'slack: two people share an account',
    file: 'core/governance/check-manifests.ts',
    find: '...(double ? [at(person, `slack: ${double.id} has this account too`)] : []),',
    replace: '...(double && !people.length ? [at(person, `slack: ${double.id} has this account too`)] : []),',
    tests: api,
  },
];
