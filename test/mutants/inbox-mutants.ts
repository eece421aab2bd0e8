import type { Mutant } from './mutants.ts';

const signIn = ['test/functions/approval/inbox/sign-in.test.ts'];
const inbox = ['test/functions/approval/inbox/inbox-api.test.ts'];
const hostile = ['test/functions/approval/inbox/inbox-hostile.test.ts'];
const routes = 'functions/approval/inbox/sign-in-routes.ts';
const api = 'functions/approval/inbox/inbox-api.ts';

/** The inbox: who gets in, for how long, and what counts there. */
export const inboxMutants: readonly Mutant[] = [
  {
    name: 'inbox: a code may be guessed for ever',
    file: 'core/approval/sign-in.ts',
    find: ' && code.tries < CODE_TRIES;',
    replace: ';',
    tests: signIn,
  },
  {
    name: 'inbox: guesses at once are not counted',
    file: 'core/approval/sign-in.ts',
    find: "({ kind: 'replace', row, ifVersion: current.version } as const)",
    replace: "({ kind: 'put', row } as const)",
    tests: signIn,
  },
  {
    name: 'inbox: a code is good for ever',
    file: 'core/approval/sign-in.ts',
    find: 'now.getTime() < Date.parse(code.expiresAt)',
    replace: 'Date.parse(code.expiresAt) > 0',
    tests: signIn,
  },
  {
    name: 'inbox: a code is good again',
    file: 'core/approval/sign-in.ts',
    find: "  const row = next(person, current, { sentAt });\n  const session",
    replace: "  const row = next(person, current, { sentAt, code });\n  const session",
    tests: signIn,
  },
  {
    name: 'inbox: another browser uses up a code’s tries',
    file: 'core/approval/sign-in.ts',
    find: ' || code.browser !== tried.browser',
    replace: '',
    tests: signIn,
  },
  {
    name: 'inbox: codes are sent without end',
    file: 'core/approval/sign-in.ts',
    find: 'if (sentAt.length >= CODES_AN_HOUR) {',
    replace: 'if (sentAt.length >= 1000) {',
    tests: signIn,
  },
  {
    name: 'inbox: a code is stored as it is',
    file: routes,
    find: "createHmac('sha256', secret).update(code).digest('hex')",
    replace: "(secret === '' ? createHmac('sha256', secret).digest('hex') : code)",
    tests: signIn,
  },
  {
    name: 'inbox: a code’s hash can be guessed from the table',
    file: routes,
    find: "createHmac('sha256', secret).update(code).digest('hex')",
    replace: "(secret === '' ? createHmac('sha256', secret).digest('hex') : hashSecret(code))",
    tests: signIn,
  },
  {
    name: 'inbox: an unknown address is answered at once',
    file: routes,
    find: 'await Promise.all([mailCode(deps, form.data.email, secret), deps.pause()]);',
    replace:
      'if (await deps.findPerson(form.data.email)) await deps.pause();\n    await mailCode(deps, form.data.email, secret);',
    tests: signIn,
  },
  {
    name: 'inbox: a mail that is not taken tells whom we know',
    file: routes,
    find: "    deps.log('error', 'CODE_NOT_MAILED', { person: person.id, ...errorDetails(error) });",
    replace: '    throw new Error(errorDetails(error).reason);',
    tests: signIn,
  },
  {
    name: 'inbox: another site may send the forms of the sign-in',
    file: routes,
    find: 'return findForgery(apiUrl, c) === undefined ? c.req.parseBody() : undefined;',
    replace: "return findForgery(apiUrl, c) === '-' ? undefined : c.req.parseBody();",
    tests: signIn,
  },
  {
    name: 'inbox: another site may sign a person out',
    file: routes,
    find: '    if (forged) return refuse(c, 403, forged);',
    replace: "    if (forged === '-') return refuse(c, 403, forged);",
    tests: signIn,
  },
  {
    name: 'inbox: a session never ends',
    file: 'core/approval/session.ts',
    find: 'now.getTime() < Date.parse(session.expiresAt)',
    replace: 'Date.parse(session.expiresAt) <= now.getTime() + 1e12',
    tests: signIn,
  },
  {
    name: 'inbox: signing out ends nothing',
    file: 'core/approval/session.ts',
    find: 'const inTime = session.endedAt === undefined && ',
    replace: 'const inTime = ',
    tests: signIn,
  },
  {
    name: 'inbox: who left keeps the session',
    file: 'core/approval/session.ts',
    find: "person?.status === 'active' && person.email === session.email",
    replace: 'person?.email === session.email',
    tests: signIn,
  },
  {
    name: 'inbox: a session outlives the address that was proven',
    file: 'core/approval/session.ts',
    find: ' && person.email === session.email',
    replace: '',
    tests: signIn,
  },
  {
    name: 'inbox: scripts may read the session',
    file: 'functions/approval/inbox/cookies.ts',
    find: 'httpOnly: true',
    replace: 'httpOnly: false',
    tests: signIn,
  },
  {
    name: 'inbox: other sites’ requests carry the session',
    file: 'functions/approval/inbox/cookies.ts',
    find: "sameSite: 'Strict'",
    replace: "sameSite: 'Lax'",
    tests: signIn,
  },
  {
    name: 'inbox: everyone sees every request',
    file: api,
    find: '  if (!concerns(facts, person.id, deps.now())) return undefined;\n',
    replace: '',
    tests: inbox,
  },
  {
    name: 'inbox: the list shows what others decide',
    file: 'functions/approval/inbox/inbox-view.ts',
    find: 'pending.filter((facts) => isAwaited(facts, person.id, now))',
    replace: 'pending.filter((facts) => isAwaited(facts, person.id, now) || person.version > 0)',
    tests: inbox,
  },
  {
    name: 'inbox: a decision may come from another site',
    file: api,
    find: '  if (forged) return refuse(c, 403, forged);',
    replace: "  if (forged === '-') return refuse(c, 403, forged);",
    tests: inbox,
  },
  {
    name: 'inbox: a decision needs no nonce',
    file: api,
    find: '  if (!isNonce(nonce, shown))',
    replace: "  if (nonce === '-' && !isNonce(nonce, shown))",
    tests: inbox,
  },
  {
    name: 'inbox: a vote there counts as one by a link',
    file: api,
    find: "by: { channel: 'inbox', assurance: 'signed-in' }",
    replace: "by: { channel: 'inbox', assurance: 'link' }",
    tests: inbox,
  },
  {
    name: 'inbox: a link’s vote counts as one of who signed in',
    file: 'core/approval/cast-vote.ts',
    find: "assurance: ballot.assurance ?? 'link'",
    replace: "assurance: ballot.assurance ?? 'signed-in'",
    tests: [...inbox, 'test/core/approval/cast-vote.test.ts', 'test/functions/approval/approvals-api.test.ts'],
  },
  {
    name: 'inbox: an agent’s name is shown as it is',
    file: 'functions/approval/inbox/inbox-page.ts',
    find: "import { html } from 'hono/html';",
    replace: "import { raw as html_ } from 'hono/html';\nimport { html } from 'hono/html';\nconst visibleText = (text: string) => html_(text);",
    tests: hostile,
  },
  {
    name: 'approvals: anyone may list them',
    file: 'functions/approval/approvals-api.ts',
    find: "  app.get('/v1/approvals', async (c) => {\n    signerOf(c.env.event);\n",
    replace: "  app.get('/v1/approvals', async (c) => {\n",
    tests: ['test/functions/approval/approvals-api.test.ts'],
  },
];
