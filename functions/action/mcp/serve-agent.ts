import { type CallToolResult, ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import { findStop } from '../../../core/action/admission.ts';
import { errorDetails } from '../../aws/log.ts';
import type { Claimant } from '../../http/authenticate.ts';
import { ProblemError } from '../../http/problem.ts';
import type { DoorFacts } from '../door-facts.ts';
import { askDoor } from './ask-door.ts';
import { isOwnTool, useOwnTool } from './own-tools.ts';
import { listTools } from './list-tools.ts';
import type { McpDeps } from './mcp-api.ts';
import { refusal } from './told-result.ts';

/** One request: who calls, with what is known of it now. */
export type Desk = {
  readonly deps: McpDeps;
  readonly caller: Claimant;
  readonly facts: DoorFacts;
  /** What the answer says beside its message: what is left of the caller's rates. */
  readonly headers: Headers;
};

/** What a client asks `tools/call` for. */
export type Call = {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>> | undefined;
  readonly _meta?: Readonly<Record<string, unknown>> | undefined;
};

const instructions = [
  'Every call of a tool is decided by rules, some by people first.',
  'A result with status "held" means that nothing was done yet: ask get_action with its handle, and do not call again.',
  'A denial says what would have to be different; asking again for the same changes nothing.',
].join(' ');

/** The server as this agent meets it; it lives for one request. */
export function serveAgent(desk: Desk): Server {
  const server = new Server(
    { name: 'autonomy-os', title: 'Autonomy OS', version: '1.0.0' },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler('tools/list', async () => orFault(desk, () => list(desk)));
  server.setRequestHandler('tools/call', async ({ params }) => orFault(desk, () => call(desk, params)));
  return server;
}

async function list(desk: Desk) {
  const stop = findStop(desk.facts, desk.deps.now());
  if (stop) throw new ProtocolError(ProtocolErrorCode.InvalidRequest, `${stop.code}: ${stop.detail}`);
  return { tools: await listTools(desk) };
}

/** A refusal is a result that says what to do about it, so that whoever called can do it. */
async function call(desk: Desk, asked: Call): Promise<CallToolResult> {
  try {
    return await (isOwnTool(asked.name) ? useOwnTool(desk, asked.name, asked) : askDoor(desk, asked));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    for (const [name, value] of Object.entries(error.problem.headers ?? {})) desk.headers.set(name, value);
    return refusal(error.problem);
  }
}

/** What must not happen is told to us, not to the client. */
async function orFault<T>({ deps }: Desk, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    deps.log('error', 'FAULT', errorDetails(error));
    const detail = 'this is our fault and it was recorded; try again with the same autonomy/idempotency-key';
    throw new ProtocolError(ProtocolErrorCode.InternalError, detail);
  }
}
