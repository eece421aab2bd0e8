import type { Mutant } from './mutants.ts';

const page = ['test/functions/approval/page-api.test.ts'];
const scanners = ['test/functions/approval/page-scanners.test.ts'];

/** The approval page: who may send what, and what it shows. */
export const pageMutants: readonly Mutant[] = [
  {
    name: 'page: a decision may come from another origin',
    file: 'functions/approval/find-forgery.ts',
    find: "if (c.req.header('origin') !== new URL(apiUrl).origin)",
    replace: "if (apiUrl === '')",
    tests: page,
  },
  {
    name: 'page: a decision may come from a cross-site page',
    file: 'functions/approval/find-forgery.ts',
    find: "if (site !== undefined && site !== 'same-origin')",
    replace: "if (site === '')",
    tests: page,
  },
  {
    name: 'page: a decision may be no form',
    file: 'functions/approval/find-forgery.ts',
    find: 'if (!/^application\\/x-www-form-urlencoded\\b/i.test(type))',
    replace: "if (type === '-')",
    tests: page,
  },
  {
    name: 'page: a decision needs no nonce',
    file: 'functions/approval/take-form.ts',
    find: 'if (!seenAt) {',
    replace: 'if (nonce === "-" && !seenAt) {',
    tests: page,
  },
  {
    name: 'page: the nonce of one form serves another',
    file: 'functions/approval/page-nonce.ts',
    find: '`${purpose}\\n${approval.id}',
    replace: '`${approval.id}',
    tests: scanners,
  },
  {
    name: 'page: a replaced link stays alive',
    file: 'functions/approval/open-link.ts',
    find: "return isNewest(link, facts.approval) ? { link, facts, secret } : 'replaced';",
    replace:
      "return link.round >= 0 || isNewest(link, facts.approval) ? { link, facts, secret } : 'replaced';",
    tests: page,
  },
  {
    name: 'page: opening it decides',
    file: 'functions/approval/page-api.ts',
    find: '    return showRequest(deps, c, opened, { view: c',
    replace:
      "    await answers.approve(deps, c, opened, { decision: 'approve', nonce: '' });\n    return showRequest(deps, c, opened, { view: c",
    tests: scanners,
  },
  {
    name: 'page: a view that leaves something out carries the form',
    file: 'functions/approval/show-request.ts',
    find: 'whole ? [...open, ...council] : []',
    replace: '[...open, ...council]',
    tests: scanners,
  },
  {
    name: 'page: hostile purposes are shown as they are',
    file: 'functions/approval/request-parts.ts',
    find: "${visibleText(action.purpose, 'lines')}",
    replace: '${action.purpose}',
    tests: ['test/functions/approval/page-hostile.test.ts'],
  },
  {
    name: 'page: a question may come from anyone',
    file: 'core/approval/ask-question.ts',
    find: 'if (!may.some(({ id }) => id === person)) {',
    replace: 'if (may.length < 0) {',
    tests: ['test/core/approval/ask-question.test.ts'],
  },
];
