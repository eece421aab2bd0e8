import type { Mutant } from './mutants.ts';

/** What an approval is still good for, who counts as asked, and what people are shown before they decide. */
export const approvalGapMutants: readonly Mutant[] = [
  {
    name: 'approval: how long a yes is good is no setting',
    file: 'functions/action/execute-approved.ts',
    find: 'const { lapseMinutes } = deps;',
    replace: 'const lapseMinutes = 15;',
    tests: ['test/functions/action/execute-approved.test.ts'],
  },
  {
    name: 'approval: nobody hears of forged deliveries in Slack’s name',
    file: 'functions/approval/slack/slack-api.ts',
    find: '    await deps.refused();\n',
    replace: '',
    tests: ['test/functions/approval/slack/slack-api.test.ts'],
  },
  {
    name: 'approval: somebody who decides at once on a mail read late is no rubber stamp',
    file: 'core/approval/ended-approval.ts',
    find: 'secondsBetween(seenAt ?? askedAt(row, person, at), at)',
    replace: 'secondsBetween(askedAt(row, person, at), at)',
    tests: ['test/core/approval/analytics.test.ts'],
  },
  {
    name: 'approval: who sends a form says when it was seen',
    file: 'functions/approval/page-nonce.ts',
    find: '\\n${approval.digest}\\n${moment}`;',
    replace: '\\n${approval.digest}`;',
    tests: ['test/functions/approval/page-api.test.ts'],
  },
  {
    name: 'approval: a form sent back for its reason begins the time anew',
    file: 'functions/approval/page-answers.ts',
    find: "{ view: 'full', problem, seenAt }",
    replace: "{ view: 'full', problem }",
    tests: ['test/functions/approval/page-api.test.ts'],
  },
  {
    name: 'approval: a word in Slack tells nothing of when it was seen',
    file: 'functions/approval/slack/decide-in-slack.ts',
    find: 'const seenAt = postedAt(chat, person.id);',
    replace: 'const seenAt = undefined;',
    tests: ['test/functions/approval/slack/slack-api.test.ts'],
  },
];
