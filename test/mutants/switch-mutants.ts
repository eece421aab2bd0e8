import type { Mutant } from './mutants.ts';

const storm = ['test/functions/switch'];

/** The kill switch: what it covers, that it holds, and who may take it back. */
export const switchMutants: readonly Mutant[] = [
  {
    name: 'switch: decisions do not read it',
    file: 'core/action/admission.ts',
    find: 'switchObstacle(facts, doing) ?? ',
    replace: '',
    tests: ['test/core/action', ...storm],
  },
  {
    name: 'switch: a decision made before it may still commit',
    file: 'functions/aws/transact-items.ts',
    find: ' AND (${UNFENCED})',
    replace: '',
    tests: ['test/functions/aws/registry.test.ts', ...storm],
  },
  {
    name: 'switch: a fence can be lowered',
    file: 'functions/aws/registry.ts',
    find: 'attribute_exists(pk) AND (attribute_not_exists(switches) OR switches < :switches)',
    replace: 'attribute_exists(pk) AND :switches = :switches',
    tests: ['test/functions/aws/registry.test.ts'],
  },
  {
    name: 'switch: containment is confirmed with gates left open',
    file: 'functions/switch/contain.ts',
    find: '    await turnGates(deps, left, engaged.since);\n',
    replace: '',
    tests: storm,
  },
  {
    name: 'switch: tools are not covered',
    file: 'core/switch/switch.ts',
    find: 'return id === tool;',
    replace: 'return false;',
    tests: ['test/core/switch'],
  },
  {
    name: 'switch: a call cut off is made again under it',
    file: 'core/action/resume-action.ts',
    find: '  if (stop) return',
    replace: '  if (stop && false) return',
    tests: ['test/core/action'],
  },
  {
    name: 'switch: a resumed call does not pass the fence',
    file: 'core/action/resume-action.ts',
    find: '      ...all.map(({ id }) => unfenced(id, who.switches.version)),\n',
    replace: '',
    tests: ['test/core/action'],
  },
  {
    name: 'switch: agents in scope still get tokens',
    file: 'core/identity/issue-token.ts',
    find: 'return stop && `a kill switch stops',
    replace: 'return stop && undefined && `a kill switch stops',
    tests: ['test/core/identity'],
  },
  {
    name: 'switch: agents in scope keep their tasks',
    file: 'functions/task/claim-next.ts',
    find: '!stoppedBy(who, { workflow }) && ',
    replace: '',
    tests: [...storm, 'test/functions/task'],
  },
  {
    name: 'switch: runs of a stopped workflow start',
    file: 'core/run/request-run.ts',
    find: '  if (stop) return {',
    replace: '  if (stop && false) return {',
    tests: ['test/core/run'],
  },
  {
    name: 'switch: one person restores it',
    file: 'core/switch/restore-switch.ts',
    find: 'if (!first && known.drill !== true) {',
    replace: 'if (false as boolean) {',
    tests: ['test/core/switch', ...storm],
  },
  {
    name: 'switch: one person in two sessions counts as two',
    file: 'core/switch/restore-switch.ts',
    find: "return arn.replace(/(:assumed-role\\/(?!AWSReservedSSO_)[^/]+)\\/.*$/, '$1');",
    replace: 'return arn;',
    tests: ['test/core/switch'],
  },
  {
    name: 'switch: anyone may engage it',
    file: 'functions/switch/switches-api.ts',
    find: '    administratorOf(c.env.event);\n    return c.json({ switches',
    replace: '    return c.json({ switches',
    tests: storm,
  },
  {
    name: 'approval: anyone asked may stop an agent from the page',
    file: 'functions/approval/stop-agent.ts',
    find: '  if (!(await sitsOnCouncil(registry, person))) {',
    replace: '  if (false as boolean) {',
    tests: ['test/functions/approval/stop-agent.test.ts'],
  },
  {
    name: 'shadow: a release in the shadow rules',
    file: 'functions/action/judge-shadow.ts',
    find: "  return kind === 'same' ? verdict :",
    replace: "  if (kind !== 'same') return judge(shadow, question);\n  return kind === 'same' ? verdict :",
    tests: ['test/functions/governance/shadow.test.ts'],
  },
  {
    name: 'explain: asking what would happen leaves an action',
    file: 'functions/action/actions-api.ts',
    find: '    return c.json(await explainRequest(deps, { caller, body: await readBody(c, actionBody) }));',
    replace:
      "    const body = await readBody(c, actionBody);\n    await answerRequest(deps, { caller, key: 'mutant-0001', body });\n    return c.json(await explainRequest(deps, { caller, body }));",
    tests: ['test/functions/action/explain-request.test.ts'],
  },
  {
    name: 'explain: an agent under a switch still lists its tools',
    file: 'functions/action/acting-caller.ts',
    find: '  if (stop) throw',
    replace: '  if (stop && false) throw',
    tests: ['test/functions/action/explain-request.test.ts'],
  },
];
