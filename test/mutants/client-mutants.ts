import type { Mutant } from './mutants.ts';

const waiting = ['test/client/act-and-wait.test.ts'];
const calling = ['test/client/toolbox.test.ts'];
const working = ['test/client/work.test.ts'];
const describing = ['test/docs/openapi.test.ts'];

/** What keeps agents and models from taking for done what is not, and from asking twice or in another's place. */
export const clientMutants: readonly Mutant[] = [
  {
    name: 'client: what is held is taken for done',
    file: 'client/act-and-wait.ts',
    find: "      return { kind: 'waiting', detail: whatItWaitsFor(action), action };",
    replace: "      return { kind: 'succeeded', output, action };",
    tests: waiting,
  },
  {
    name: 'client: what is held is not waited for',
    file: 'client/act-and-wait.ts',
    find: "status === 'held' || status === 'started';",
    replace: "status === 'started';",
    tests: waiting,
  },
  {
    name: 'client: a wait ends before its time or never',
    file: 'client/act-and-wait.ts',
    find: 'if (last || !isOpen(action)) return outcomeOf(action);',
    replace: 'if (!isOpen(action)) return outcomeOf(action);',
    tests: waiting,
  },
  {
    name: 'client: Retry-After is not kept to',
    file: 'client/act-and-wait.ts',
    find: 'const pause = retryAfterMs(response, USUAL_MS)',
    replace: 'const pause = 1',
    tests: waiting,
  },
  {
    name: 'client: a signal does not end the wait',
    file: 'client/act-and-wait.ts',
    find: 'undefined, { ...(signal && { signal }) });',
    replace: 'undefined);',
    tests: waiting,
  },
  {
    name: 'client: a lease is not kept alive to the end of its task',
    file: 'client/work.ts',
    find: 'const beat = keepAlive(call, held, lost);',
    replace: 'const beat = setTimeout(() => keepAlive(call, held, lost), 1e6);',
    tests: working,
  },
  {
    name: 'client: work that was done is failed because its answer did not arrive',
    file: 'client/work.ts',
    find: 'if (error instanceof AutonomyError && !isLost(error)) return error;',
    replace: 'if (error instanceof Error && !isLost(error)) return error;',
    tests: working,
  },
  {
    name: 'client: work goes on trying to claim after it was ended',
    file: 'client/work.ts',
    find: 'createSend({ patienceSeconds: CLAIM_PATIENCE_SECONDS, signal })',
    replace: 'createSend({ patienceSeconds: 3 })',
    tests: working,
  },
  {
    name: 'client: a model is told that a held action was done',
    file: 'core/action/action-words.ts',
    find: '`Held: nothing was done yet. It waits until',
    replace: '`Done. It waits until',
    tests: calling,
  },
  {
    name: 'client: a denial looks to a model like any other answer',
    file: 'client/toolbox.ts',
    find: "['succeeded', 'held', 'started']",
    replace: "['succeeded', 'held', 'started', 'denied']",
    tests: calling,
  },
  {
    name: 'client: the calls of two conversations are one action',
    file: 'client/toolbox.ts',
    find: 'digest([conversation, id])',
    replace: 'digest([id])',
    tests: calling,
  },
  {
    name: 'client: a conversation and a call run together into another’s key',
    file: 'client/toolbox.ts',
    find: 'digest([conversation, id])',
    replace: 'digest(conversation + id)',
    tests: calling,
  },
  {
    name: 'client: a tool takes the place of a look at one’s own actions',
    file: 'client/toolbox.ts',
    find: 'name: callableName(name, ownNames),',
    replace: 'name: callableName(name),',
    tests: calling,
  },
  {
    name: 'client: a program’s own trouble is told to the model',
    file: 'client/toolbox.ts',
    find: '|| !tellable.includes(error.status)) throw error;',
    replace: ') throw error;',
    tests: calling,
  },
  {
    name: 'openapi: a route goes undescribed',
    file: 'core/task/task-operations.ts',
    find: "path: '/v1/tasks/{id}/fail',",
    replace: "path: '/v1/tasks/{id}/failure',",
    tests: describing,
  },
  {
    name: 'openapi: a signed route is said to take a token',
    file: 'core/audit/audit-operations.ts',
    find: "caller: 'signer',",
    replace: "caller: 'agent',",
    tests: describing,
  },
  {
    name: 'openapi: one name for two schemas',
    file: 'core/openapi.ts',
    find: '    if (known && known !== schema) throw new Error(`two schemas are called ${id}`);\n',
    replace: '',
    tests: describing,
  },
];
