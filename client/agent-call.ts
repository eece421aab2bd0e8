import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from './call.ts';
import { createSend, discard } from './send.ts';
import { createTokenSource, type SignIn } from './token.ts';

export type AgentConnection = SignIn & {
  readonly endpoint: string;
  readonly id: string;
  /** What another agent lent: everything asked needs its lenders' rights too. */
  readonly delegation?: string;
  /** Seconds to keep trying when the API can't be reached. @default 60 */
  readonly patienceSeconds?: number;
};

/** Tokens tell their time in whole seconds: one of the second in which tokens were revoked is refused too. */
const WHOLE_SECOND_MS = 1000;

/** API Gateway answers within 30 s: a connection silent for longer is dead, and the request is tried again. */
const ATTEMPT_MS = 35_000;

/** Calls with the agent's token, and the token itself; one that is taken no more is replaced once. */
export function createAgentCall(connection: AgentConnection): {
  readonly call: Call;
  readonly token: () => Promise<string>;
} {
  const { endpoint, patienceSeconds = 60 } = connection;
  const send = createSend({ patienceSeconds });
  const { token, forget } = createTokenSource({ ...connection, patienceSeconds, send });
  const once: Call = async (method, path, { body, headers, signal, send: own } = {}) => {
    const authorization = `Bearer ${await token()}`;
    const trying = own ?? (signal ? createSend({ patienceSeconds, signal }) : send);
    return trying(() => {
      const silent = AbortSignal.timeout(ATTEMPT_MS);
      return fetch(`${endpoint}${path}`, {
        method,
        headers: {
          authorization,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, silent]) : silent,
      });
    });
  };
  const call: Call = async (method, path, options = {}) => {
    const response = await once(method, path, options);
    if (response.status !== 401) return response;
    discard(response);
    forget();
    await sleep(WHOLE_SECOND_MS, undefined, { ...(options.signal && { signal: options.signal }) });
    return once(method, path, options);
  };
  return { call, token };
}
