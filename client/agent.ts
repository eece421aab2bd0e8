import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { actionRow } from '../core/action/action.ts';
import type { Call } from './call.ts';
import { delegate, type DelegateRequest, type DelegationView, revokeDelegation } from './delegation.ts';
import { createSend, errorOf } from './send.ts';
import { createTokenSource, type SignIn } from './token.ts';
import { type Work, work } from './work.ts';

/** Tokens tell their time in whole seconds: one of the second in which tokens were revoked is refused too. */
const WHOLE_SECOND_MS = 1000;

const actionView = z.object({
  id: z.string(),
  status: actionRow.shape.status,
  tool: z.string(),
  requestedAt: z.string(),
  settledAt: z.string().optional(),
  output: z.unknown().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
  policies: z.array(z.string()),
  approval: z
    .object({
      id: z.string(),
      expiresAt: z.string(),
      requires: z.array(z.object({ group: z.string(), count: z.int() })),
    })
    .optional(),
  /** What approvers want to know before they decide. */
  questions: z
    .array(
      z.object({
        number: z.int(),
        text: z.string(),
        at: z.string(),
        answer: z.object({ text: z.string(), at: z.string() }).optional(),
      }),
    )
    .optional(),
});
/** An action as its agent sees it. `denied` is an answer, not an exception: `problem` says why. */
export type ActionView = z.infer<typeof actionView>;

const rule = z.object({ id: z.string(), title: z.string() });
const requires = z.array(z.object({ group: z.string(), count: z.int() }));

const foresight = z.object({
  outcome: z.enum(['allow', 'hold', 'deny']),
  /** Why it would be denied, as a code. */
  reason: z.string().optional(),
  /** What would have to be different. */
  detail: z.string(),
  rules: z.array(rule),
  guards: z.array(rule.extend({ requires })),
});
export type ForesightView = z.infer<typeof foresight>;

const tools = z.object({
  tools: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      effect: z.string(),
      input: z.record(z.string(), z.unknown()),
      /** The rules whose scope meets this agent: what opens the tool, what may hold it and for whom, what may forbid it. */
      why: z.object({
        permits: z.array(rule),
        guards: z.array(rule.extend({ requires })),
        forbids: z.array(rule),
      }),
    }),
  ),
});
export type ToolView = z.infer<typeof tools>['tools'][number];

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
  /** The tools this agent may use. */
  tools(): Promise<readonly ToolView[]>;
  /** Asks for an action: settled, or `held` while people decide. Network trouble is retried with the same key. */
  act(request: ActRequest): Promise<ActionView>;
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
export function createAgent(
  options: SignIn & {
    readonly endpoint: string;
    readonly id: string;
    /** What another agent lent: everything asked needs its lenders' rights too. */
    readonly delegation?: string;
    /** Seconds to keep trying when the API can't be reached. @default 60 */
    readonly patienceSeconds?: number;
  },
): Agent {
  const patienceSeconds = options.patienceSeconds ?? 60;
  const send = createSend({ patienceSeconds });
  const { token, forget } = createTokenSource({ ...options, patienceSeconds, send });
  const callOnce: Call = async (method, path, { body, headers, send: own = send } = {}) => {
    const authorization = `Bearer ${await token()}`;
    return own(() =>
      fetch(`${options.endpoint}${path}`, {
        method,
        headers: {
          authorization,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
  };
  const call: Call = async (...request) => {
    const response = await callOnce(...request);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    forget();
    await sleep(WHOLE_SECOND_MS);
    return callOnce(...request);
  };
  return {
    tools: async () => tools.parse(await read(await call('GET', '/v1/tools'))).tools,
    act: async ({ idempotencyKey, ...body }) =>
      readAction(await call('POST', '/v1/actions', { body, headers: { 'idempotency-key': idempotencyKey } })),
    explain: async (body) => foresight.parse(await read(await call('POST', '/v1/actions:explain', { body }))),
    action: async (id) => readAction(await call('GET', `/v1/actions/${id}`)),
    withdraw: async (id, reason) =>
      readAction(await call('POST', `/v1/actions/${id}/withdraw`, { body: { reason } })),
    answer: async (id, question, text) =>
      readAction(await call('POST', `/v1/actions/${id}/answers`, { body: { question, text } })),
    delegate: (request) => delegate(call, request),
    revokeDelegation: (id) => revokeDelegation(call, id),
    work: (options) => work(call, options),
  };
}

async function read(response: Response): Promise<unknown> {
  if (!response.ok) throw await errorOf(response);
  return response.json();
}

/** A denial carries its action inside the problem: it is read as an outcome. */
async function readAction(response: Response): Promise<ActionView> {
  if (response.ok) return actionView.parse(await response.json());
  const error = await errorOf(response);
  const denied = actionView.safeParse(error.problem['action']);
  if (denied.success) return denied.data;
  throw error;
}
