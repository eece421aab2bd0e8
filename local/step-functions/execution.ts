import type { Failure } from './state-error.ts';

export const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type Status = (typeof STATUSES)[number];

/** How an attempt of a task ended. */
export type Outcome = { readonly ok: true; readonly value: unknown } | ({ readonly ok: false } & Failure);

/** What an execution does now. Times are epoch milliseconds. */
export type Phase =
  /** The state is next; nothing of it happened. */
  | { readonly kind: 'entering' }
  /** A task's next attempt is next. */
  | { readonly kind: 'attempting' }
  /** The task's function runs; with a token its answer may come before the function has returned. */
  | {
      readonly kind: 'invoking';
      readonly functionName: string;
      readonly payload: unknown;
      readonly token: string | undefined;
      readonly limits: Limits;
    }
  /** The function returned; the answer will come by the token. */
  | { readonly kind: 'waiting'; readonly token: string; readonly limits: Limits }
  /** The attempt ended and what follows from it is next. */
  | { readonly kind: 'answered'; readonly outcome: Outcome }
  /** A Wait state, or the pause before a retry. */
  | { readonly kind: 'sleeping'; readonly until: number; readonly then: 'leaving' | 'attempting' }
  | { readonly kind: 'leaving' };

export type Limits = {
  readonly deadline: number | undefined;
  readonly heartbeatMs: number | undefined;
  /** The next heartbeat must come before this. */
  readonly beatBy: number | undefined;
};

/** Where an execution stands: everything its next step depends on. */
export type Position = {
  readonly state: string;
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly enteredAt: number;
  /** Id of the history event of entering, which error messages name. */
  readonly enteredEvent: number;
  /** Retries taken so far, by retrier. */
  readonly retries: readonly number[];
  /** Counts attempts of the whole execution; the fence against a late answer of an earlier one. */
  readonly attempt: number;
  /** When the whole execution times out, where its machine says so. */
  readonly lastsUntil: number | undefined;
  readonly phase: Phase;
};

export type Execution = {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly status: Status;
  readonly input: unknown;
  readonly startedAt: number;
  /** Counts the changes; a step saves only over the one it was made from. */
  readonly revision: number;
  /** Absent once it has ended. */
  readonly position: Position | undefined;
  readonly end: End | undefined;
};

export type End = {
  readonly status: Exclude<Status, 'RUNNING'>;
  readonly stoppedAt: number;
  readonly output?: unknown;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
};

/** One event of an execution's history: AWS's type name and the details under AWS's key for it. */
export type HistoryEvent = {
  readonly type: string;
  readonly details?: Readonly<Record<string, unknown>>;
};

/** What a step makes of an execution. */
export type Move = { readonly events: readonly HistoryEvent[] } & (
  { readonly position: Position } | { readonly end: Omit<End, 'stoppedAt'> }
);

/** When time alone moves an execution on; `undefined` when it waits for something else. */
export function dueAt({ phase, lastsUntil }: Position): number | undefined {
  const limits = 'limits' in phase ? [phase.limits.deadline, phase.limits.beatBy] : [];
  const until = phase.kind === 'sleeping' ? phase.until : undefined;
  const times = [lastsUntil, until, ...limits].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

export const executionArn = (machineArn: string, name: string) =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
