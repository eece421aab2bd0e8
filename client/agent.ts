import {
  type ActionView,
  foresight,
  type ForesightView,
  type ToolView,
  viewedTools,
} from '../core/action/action-view.ts';
import { actAndWait, type Outcome, type Patience } from './act-and-wait.ts';
import { type AgentConnection, createAgentCall } from './agent-call.ts';
import { delegate, type DelegateRequest, type DelegationView, revokeDelegation } from './delegation.ts';
import { readAction } from './read-action.ts';
import { errorOf } from './send.ts';
import { type Work, work } from './work.ts';

export type { ActionView, ForesightView, ToolView };

/** What an agent asks for. The same `idempotencyKey` and request give the same action, however often it is sent. */
export type ActRequest = {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Why, in the agent's words; people who decide read it. */
  readonly purpose: string;
  readonly task?: string;
  readonly idempotencyKey: string;
};

export type Agent = {
  /** A valid access token, for clients of another kind: an MCP client's, say. It is the agent: keep it as the key. */
  token(): Promise<string>;
  /** The tools this agent may use. */
  tools(): Promise<readonly ToolView[]>;
  /** Asks for an action: settled, or `held` while people decide. Network trouble is retried with the same key. */
  act(request: ActRequest): Promise<ActionView>;
  /** Asks for an action and waits for its end, as often as the answers ask; see `Outcome`. */
  actAndWait(request: ActRequest, patience: Patience): Promise<Outcome>;
  /** What would happen to a request; nothing is done and nothing recorded. */
  explain(request: Omit<ActRequest, 'idempotencyKey'>): Promise<ForesightView>;
  action(id: string): Promise<ActionView>;
  /** Takes a held action back; throws `AutonomyError` when nobody is asked about it any more. */
  withdraw(id: string, reason?: string): Promise<ActionView>;
  /** Answers an approver's question, by its number in `questions`, in the agent's own words. */
  answer(id: string, question: number, text: string): Promise<ActionView>;
  /** Lends another agent this one's say; give it the `id`, which it signs in with (`createAgent({ delegation })`). */
  delegate(request: DelegateRequest): Promise<DelegationView>;
  /** Ends a delegation this agent stands in, and every one made under it, at once. */
  revokeDelegation(id: string): Promise<DelegationView>;
  /** Claims tasks and works on them until the signal aborts; see `Work`. */
  work(options: Work): Promise<void>;
};

/**
 * An agent's connection to Autonomy OS. `endpoint` is the API's address. It signs in with `key`, the private JWK with
 * its `kid`, which signs assertions here and never leaves this process; or with the `credentials` of the IAM role it
 * runs as, where its manifest names that role. Throws `AutonomyError` for refusals that are no outcome.
 */
export function createAgent(connection: AgentConnection): Agent {
  const { call, token } = createAgentCall(connection);
  return {
    token,
    tools: async () => viewedTools.parse(await read(await call('GET', '/v1/tools'))).tools,
    act: async ({ idempotencyKey, ...body }) =>
      readAction(await call('POST', '/v1/actions', { body, headers: { 'idempotency-key': idempotencyKey } })),
    actAndWait: (request, patience) => actAndWait(call, request, patience),
    explain: async (body) => foresight.parse(await read(await call('POST', '/v1/actions:explain', { body }))),
    action: async (id) => readAction(await call('GET', `/v1/actions/${encodeURIComponent(id)}`)),
    withdraw: async (id, reason) =>
      readAction(await call('POST', `/v1/actions/${encodeURIComponent(id)}/withdraw`, { body: { reason } })),
    answer: async (id, question, text) =>
      readAction(
        await call('POST', `/v1/actions/${encodeURIComponent(id)}/answers`, { body: { question, text } }),
      ),
    delegate: (request) => delegate(call, request),
    revokeDelegation: (id) => revokeDelegation(call, id),
    work: (options) => work(call, options),
  };
}

async function read(response: Response): Promise<unknown> {
  if (!response.ok) throw await errorOf(response);
  return response.json();
}
