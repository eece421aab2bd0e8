import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOutcome } from '../../core/action/settle-action.ts';
import type { System } from '../../core/governance/system.ts';
import type { ConnectorType } from '../../core/governance/tool-connector.ts';
import type { Tool } from '../../core/governance/tool.ts';
import type { CallResult, Connector, ToolCall } from './connectors/connector.ts';

/** Calls a tool within its timeout and says how it ended. */
export type CallTool = (
  call: Pick<ToolCall, 'input' | 'idempotencyKey' | 'agent'> & {
    readonly tool: Tool;
    readonly system: System | undefined;
    /** Whether an earlier attempt may have been heard: then one that reaches nobody leaves the effect in doubt. */
    readonly earlier?: boolean;
  },
) => Promise<CallOutcome>;

const TRIES = 3;

/**
 * `read` and `keyed` tools are tried again with jittered backoff while their time lasts; an `at-most-once` tool is
 * called once, and an answer that never came leaves it `unknown`; a later try that reached nobody does not change that. A
 * `read` in doubt has no effect, so it failed.
 */
export function createCallTool(
  connectors: Readonly<Partial<Record<ConnectorType, Connector>>>,
  now: () => Date,
): CallTool {
  return async ({ tool, system, earlier = false, ...call }) => {
    if (!system)
      return { status: 'failed', code: 'misconfigured', detail: `system ${tool.system} is not known` };
    const connect = connectors[tool.connector.type];
    if (!connect) {
      const detail = `tools of type ${tool.connector.type} are not called from here`;
      return { status: 'failed', code: 'misconfigured', detail };
    }
    const deadline = now().getTime() + tool.timeoutSeconds * 1000;
    const tries = tool.effect === 'at-most-once' ? 1 : (tool.attempts ?? TRIES);
    let doubt: CallResult | undefined = earlier ? EARLIER : undefined;
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = Math.max(1, deadline - now().getTime());
      const answer = await connect({ ...call, tool, system, timeoutMs });
      const result = doubt && answer.sent === false ? { ...doubt, retry: answer.retry === true } : answer;
      if (result.status === 'unknown') doubt = result;
      const pause = 2 ** attempt * 50 * (0.5 + Math.random());
      const timeLeft = now().getTime() + pause < deadline;
      if (!result.retry || attempt === tries || !timeLeft) return outcomeOf(result, tool);
      await sleep(pause);
    }
  };
}

const EARLIER: CallResult = {
  status: 'unknown',
  code: 'unreachable',
  detail: 'an earlier attempt gave no answer, and the system can not be reached now',
};

function outcomeOf(result: CallResult, tool: Tool): CallOutcome {
  const { retry, sent, ...outcome } = result;
  return outcome.status === 'unknown' && tool.effect === 'read' ? { ...outcome, status: 'failed' } : outcome;
}
