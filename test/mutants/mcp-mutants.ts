import type { Mutant } from './mutants.ts';

const api = ['test/functions/action/mcp/mcp-api.test.ts'];
const tools = ['test/functions/action/mcp/tools.test.ts'];
const names = ['test/core/callable-name.test.ts'];
const revocation = ['test/functions/identity/revocation.test.ts'];

/** What keeps the door for MCP clients as narrow as the other one. */
export const mcpMutants: readonly Mutant[] = [
  {
    name: 'mcp: a revoked token still counts',
    file: 'functions/action/mcp/mcp-api.ts',
    find: '{ agent: caller.claimedAgent, caller }',
    replace: '{ agent: caller.claimedAgent }',
    tests: [...api, ...revocation],
  },
  {
    name: 'mcp: a page of another site may ask',
    file: 'functions/action/mcp/mcp-api.ts',
    find: 'if (origin === undefined || origin === new URL(issuer).origin) return;',
    replace: 'if (origin !== issuer) return;',
    tests: api,
  },
  {
    name: 'mcp: one request is many actions',
    file: 'functions/action/mcp/mcp-api.ts',
    find: "const message = z.looseObject({ jsonrpc: z.literal('2.0') });",
    replace: 'const message = z.unknown();',
    tests: api,
  },
  {
    name: 'mcp: the message is read without limits',
    file: 'functions/action/mcp/mcp-api.ts',
    find: 'await readBody(c, message).catch(',
    replace: 'await (readBody && c.req.json<unknown>()).catch(',
    tests: api,
  },
  {
    name: 'mcp: what could not be read leaves no event',
    file: 'functions/action/mcp/mcp-api.ts',
    find: 'refuseRequest(deps, caller, error),',
    replace: 'Promise.reject(refuseRequest ? (error as Error) : undefined),',
    tests: api,
  },
  {
    name: 'mcp: a stream stays open until the function dies',
    file: 'functions/action/mcp/mcp-api.ts',
    find: 'maxSubscriptions: 0,',
    replace: '',
    tests: api,
  },
  {
    name: 'mcp: whoever is refused is not told where to sign in',
    file: 'functions/action/mcp/mcp-api.ts',
    find: 'onError(deps.log)(challenged(error, deps.issuer), c)',
    replace: 'onError(deps.log)(challenged ? error : error, c)',
    tests: api,
  },
  {
    name: 'mcp: a fault is told to the client',
    file: 'functions/action/mcp/serve-agent.ts',
    find: 'throw new ProtocolError(ProtocolErrorCode.InternalError, detail);',
    replace: 'throw detail ? error : error;',
    tests: api,
  },
  {
    name: 'mcp: a stopped agent sees its tools',
    file: 'functions/action/mcp/serve-agent.ts',
    find: 'if (stop) throw new ProtocolError',
    replace: 'if (stop && !stop) throw new ProtocolError',
    tests: api,
  },
  {
    name: 'mcp: a stopped agent sees its actions',
    file: 'functions/action/mcp/own-tools.ts',
    find: 'if (stop) throw new ProblemError({ status: 403, ...stop });',
    replace: 'if (stop && !stop) throw new ProblemError({ status: 403, ...stop });',
    tests: api,
  },
  {
    name: 'mcp: an agent sees more tools than it may use',
    file: 'functions/action/mcp/list-tools.ts',
    find: 'release ? usableTools(release, desk.facts.agent) : []',
    replace:
      'release ? [...release.policies].length >= 0 && release.bundle.tools.map((tool) => ({ ...tool, why: usableTools(release, desk.facts.agent)[0]?.why ?? { permits: [], guards: [], forbids: [] } })) : []',
    tests: tools,
  },
  {
    name: 'mcp: a client sees who is asked and how',
    file: 'functions/action/own-action.ts',
    find: 'return actionView(row, stored && parseRow(approvalRow, stored));',
    replace:
      'return { ...actionView(row, stored && parseRow(approvalRow, stored)), problem: { code: "votes", detail: JSON.stringify(stored ?? row.guards ?? "") } };',
    tests: tools,
  },
  {
    name: 'mcp: a held action is told as an end',
    file: 'functions/action/mcp/told-result.ts',
    find: "const goodEnds: readonly ActionStatus[] = ['succeeded', 'held', 'started'];",
    replace: "const goodEnds: readonly ActionStatus[] = ['succeeded', 'started'];",
    tests: tools,
  },
  {
    name: 'mcp: a denial is no error',
    file: 'functions/action/mcp/told-result.ts',
    find: '!goodEnds.includes(view.status) && { isError: true }',
    replace: 'goodEnds.length === 0 && { isError: true }',
    tests: tools,
  },
  {
    name: 'mcp: the purpose goes to the system',
    file: 'functions/action/mcp/ask-door.ts',
    find: 'const { [PURPOSE]: why, ...input } = given;',
    replace: 'const { [PURPOSE]: why } = given; const input = given;',
    tests: tools,
  },
  {
    name: 'mcp: a call that could not be read leaves no event',
    file: 'functions/action/mcp/ask-door.ts',
    find: 'refuseRequest(deps, caller, error),',
    replace: 'Promise.reject(refuseRequest ? (error as Error) : undefined),',
    tests: tools,
  },
  {
    name: 'mcp: every call has the same key',
    file: 'functions/action/mcp/ask-door.ts',
    find: "said['autonomy/idempotency-key'] ?? deps.newKey()",
    replace: "said['autonomy/idempotency-key'] ?? 'the-same-key'",
    tests: tools,
  },
  {
    name: 'mcp: a call with a key is carried out each time',
    file: 'functions/action/mcp/ask-door.ts',
    find: "said['autonomy/idempotency-key'] ?? deps.newKey()",
    replace: 'said ? deps.newKey() : deps.newKey()',
    tests: tools,
  },
  {
    name: 'mcp: two tools look the same',
    file: 'core/callable-name.ts',
    find: '!/__|_\\.|\\._/.test(name) && ',
    replace: '',
    tests: names,
  },
  {
    name: 'mcp: a tool takes the name of one that is always there',
    file: 'core/callable-name.ts',
    find: ' && !taken.includes(flat)',
    replace: '',
    tests: names,
  },
  {
    name: 'an assertion that names no key is by any',
    file: 'core/identity/verify-assertion.ts',
    find: 'keys.length === 1 ? keys[0]?.kid : undefined',
    replace: 'keys[0]?.kid',
    tests: ['test/core/identity/assertion.test.ts'],
  },
];
