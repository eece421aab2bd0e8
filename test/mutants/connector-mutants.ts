import type { Mutant } from './mutants.ts';

const workflow = 'functions/aws/connectors/connect-workflow.ts';
const event = 'functions/aws/connectors/connect-event.ts';
const agent = 'functions/aws/connectors/connect-agent.ts';
const ask = 'core/task/ask-agent.ts';
const workflows = ['test/functions/aws/connectors/connect-workflow.test.ts'];
const events = ['test/functions/aws/connectors/connect-event.test.ts'];
const agents = ['test/functions/aws/connectors/connect-agent.test.ts'];
const asked = ['test/core/task/ask-agent.test.ts'];
const checks = ['test/core/governance/check-start.test.ts'];

/** What keeps workflows, agents and events that are tools to one effect, honestly told. */
export const connectorMutants: readonly Mutant[] = [
  {
    name: 'workflow: an execution is named by chance',
    file: workflow,
    find: 'const stopped = await start(sfn, { stateMachineArn, name,',
    replace: 'const stopped = await start(sfn, { stateMachineArn, name: crypto.randomUUID(),',
    tests: workflows,
  },
  {
    name: 'workflow: one that exists is a failure',
    file: workflow,
    find: '    if (error instanceof ExecutionAlreadyExists) return undefined;\n',
    replace: '',
    tests: workflows,
  },
  {
    name: 'workflow: one that still runs has failed',
    file: workflow,
    find: "return ended ?? inDoubt('timed-out'",
    replace: "return ended ?? { ...inDoubt('', ''), status: 'failed' } ?? inDoubt('timed-out'",
    tests: workflows,
  },
  {
    name: 'workflow: one that failed is in doubt',
    file: workflow,
    find: "return { status: 'failed', code: 'refused-by-system', detail: detail.slice(0, 300) };",
    replace: "return { status: 'unknown', code: 'refused-by-system', detail: detail.slice(0, 300) };",
    tests: workflows,
  },
  {
    name: 'workflow: a cause is told whole',
    file: workflow,
    find: 'detail: detail.slice(0, 300) };',
    replace: 'detail };',
    tests: workflows,
  },
  {
    name: 'workflow: an Express machine is waited for',
    file: workflow,
    find: "executionArn.includes(':express:')",
    replace: 'executionArn === executionArn.toUpperCase()',
    tests: workflows,
  },
  {
    name: 'workflow: a machine is asked without rest',
    file: 'functions/aws/connectors/poll.ts',
    find: 'pause = Math.min(pause * 1.5, LONGEST_MS)',
    replace: 'pause = FIRST_MS',
    tests: workflows,
  },
  {
    name: 'connectors of AWS: a lost answer had no effect',
    file: 'functions/aws/connectors/after-error.ts',
    find: "return { status: 'unknown', code: 'unreachable',",
    replace: "return { status: 'failed', code: 'unreachable',",
    tests: [...workflows, ...events],
  },
  {
    name: 'connectors of AWS: a refused try ends the doubt of the one before',
    file: 'functions/aws/connectors/after-error.ts',
    find: ' detail, sent: false, retry: FOR_NOW',
    replace: ' detail, retry: FOR_NOW',
    tests: events,
  },
  {
    name: 'event: one that was not taken has succeeded',
    file: event,
    find: "  if (eventId !== undefined) return { status: 'succeeded'",
    replace: "  if (eventId !== undefined || error !== undefined) return { status: 'succeeded'",
    tests: events,
  },
  {
    name: 'event: it tells nothing of the action',
    file: event,
    find: 'JSON.stringify({ action, agent, input })',
    replace: 'JSON.stringify({ agent, input })',
    tests: events,
  },
  {
    name: 'event: it does not tell who acts',
    file: 'functions/aws/call-tool.ts',
    find: 'connect({ ...call, tool,',
    replace: 'connect({ ...call, agent: undefined as never, tool,',
    tests: events,
  },
  {
    name: 'agent: the one that asks does it itself',
    file: 'core/task/claim-task.ts',
    find: "  if (agent.id === task.asker) return 'it asked for it itself';\n",
    replace: '',
    tests: [...asked, ...agents],
  },
  {
    name: 'agent: a task is opened for an action that is over',
    file: ask,
    find: "if (action.status !== 'started')",
    replace: "if (action.status === 'held')",
    tests: asked,
  },
  {
    name: 'agent: a task is opened though the action changed meanwhile',
    file: ask,
    find: "      { kind: 'unchanged', key: { pk: action.pk, sk: action.sk }, ifVersion: action.version },\n",
    replace: '',
    tests: asked,
  },
  {
    name: 'agent: whom it is for is forgotten',
    file: ask,
    find: '    onBehalfOf: action.onBehalfOf,\n',
    replace: '',
    tests: [...asked, ...agents],
  },
  {
    name: 'agent: a task is left to be done when nobody waits any more',
    file: agent,
    find: 'outcomeOf(settled ?? (await expire(deps, action.data)))',
    replace: 'outcomeOf(settled ?? (await taskOf(deps, action.data)))',
    tests: agents,
  },
  {
    name: 'agent: what an agent had in hand had no effect',
    file: agent,
    find: 'return fence === 0',
    replace: 'return fence >= 0',
    tests: agents,
  },
  {
    name: 'agent: a task of a crashed call is never swept',
    file: 'functions/relay/sweep.ts',
    find: "['ACTION', 'HELD', 'UNKNOWN', 'RUN', 'TASK'] as const",
    replace: "['ACTION', 'HELD', 'UNKNOWN', 'RUN'] as const",
    tests: agents,
  },
  {
    name: 'agent: any unit’s agents do it',
    file: agent,
    find: 'tool.unit === COE ? action.unit : tool.unit',
    replace: 'action.unit',
    tests: agents,
  },
  {
    name: 'tools: what starts something may be called a read',
    file: 'core/governance/check-start.ts',
    find: "effect === 'read' ?",
    replace: "effect === ('none' as never) ?",
    tests: checks,
  },
  {
    name: 'tools: machines and buses of any name may be asked for',
    file: 'core/governance/check-start.ts',
    find: 'const TOOL_NAME = /^autonomy-[a-z0-9]+-tool-[A-Za-z0-9_-]+$/;',
    replace: 'const TOOL_NAME = /./;',
    tests: checks,
  },
];
