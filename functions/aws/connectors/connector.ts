import type { CallOutcome } from '../../../core/action/settle-action.ts';
import type { System } from '../../../core/governance/system.ts';
import type { Tool } from '../../../core/governance/tool.ts';
import type { AgentId } from '../../../core/id.ts';

/** One call of one tool. `idempotencyKey` is the action's id: keyed systems make a repeated call harmless by it. */
export type ToolCall = {
  readonly tool: Tool;
  readonly system: System;
  readonly input: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
  /** Who acts; absent where the system itself asks. */
  readonly agent?: AgentId;
  /** Milliseconds this attempt may take. */
  readonly timeoutMs: number;
};

/**
 * How an attempt ended; `retry` says that the same call may help, `unknown` that it may have taken effect. `sent: false`
 * says that this attempt reached nobody: it tells nothing of an earlier one.
 */
export type CallResult = CallOutcome & { readonly retry?: boolean; readonly sent?: false };

/** A result that is no success. */
export type Failure = Extract<CallResult, { code: string }>;

/** Reaches one kind of system. Never throws for what the system did; its answer becomes the outcome. */
export type Connector = (call: ToolCall) => Promise<CallResult>;

/** Bytes of a result we keep; a larger one fails the action rather than being cut. */
export const MAX_OUTPUT_BYTES = 200 * 1024;
